import Foundation
import TestSupport
import Testing

@testable import TensorModule

@Suite struct ProcessorCountTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private static let versionTwo =
        "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"

    /// Writes files of a tree that stands for `/`.
    private func write(_ files: [String: String]) throws {
        for (path, text) in files {
            let url = URL(filePath: scratch.path + path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: url)
        }
    }

    private var quota: Int? { ContainerQuota(root: scratch.path).processors }

    /// The cores of a process with such an affinity mask.
    private func cores(allowed: String) throws -> Int {
        try write([
            "/proc/self/status": "Name:\tblockskim\nCpus_allowed:\tff\nCpus_allowed_list:\t\(allowed)\n"
        ])
        return ProcessorCount(root: scratch.path).physicalCores
    }

    /// Microseconds of time, microseconds of period, and the processors that they are.
    @Test(arguments: [
        ("200000 100000", 2), ("150000 100000", 2), ("100001 100000", 2), ("50000 100000", 1),
        ("1 1000000", 1),
        ("400000 50000", 8), ("9223372036854775807 1", Int.max),
    ])
    func quotaIsRoundedUp(text: String, expected: Int) throws {
        try write([
            "/proc/self/cgroup": "0::/job\n", "/proc/self/mountinfo": Self.versionTwo,
            "/sys/fs/cgroup/job/cpu.max": text + "\n",
        ])
        #expect(quota == expected)
    }

    @Test(arguments: [
        "max 100000", "", "\n", "200000", "-1 100000", "0 100000", "200000 0", "2e5 100000",
        "200000 100000 1",
        "99999999999999999999 100000", "\u{0}\u{FF}",
    ])
    func whatIsNoQuotaCountsAsNone(text: String) throws {
        try write([
            "/proc/self/cgroup": "0::/job\n", "/proc/self/mountinfo": Self.versionTwo,
            "/sys/fs/cgroup/job/cpu.max": text,
        ])
        #expect(quota == nil)
        #expect(try cores(allowed: "0,1,2") == 3)
    }

    @Test func theSmallestQuotaAboveCounts() throws {
        try write([
            "/proc/self/cgroup": "0::/a/b/c\n", "/proc/self/mountinfo": Self.versionTwo,
            "/sys/fs/cgroup/a/b/c/cpu.max": "max 100000\n", "/sys/fs/cgroup/a/b/cpu.max": "300000 100000\n",
            "/sys/fs/cgroup/a/cpu.max": "700000 100000\n", "/sys/fs/cgroup/other/cpu.max": "100000 100000\n",
        ])
        #expect(quota == 3)
        try write(["/sys/fs/cgroup/cpu.max": "200000 100000\n"])
        #expect(quota == 2)
        try write(["/sys/fs/cgroup/a/b/c/cpu.max": "100000 100000\n"])
        #expect(quota == 1)
    }

    /// As Docker mounts version 1: the container sees its own group where the tree begins.
    @Test func versionOneIsReadWhereItIsMounted() throws {
        try write([
            "/proc/self/cgroup": """
            12:cpuset:/docker/abc
            4:cpu,cpuacct:/docker/abc
            1:name=systemd:/docker/abc
            """,
            "/proc/self/mountinfo": """
            33 32 0:28 /docker/abc /sys/fs/cgroup/cpuset ro - cgroup cgroup rw,cpuset
            34 32 0:29 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct
            """,
            "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "250000\n",
            "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        ])
        #expect(quota == 3)
        try write(["/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n"])
        #expect(quota == nil)
    }

    @Test func versionOneIsNestedToo() throws {
        func group(_ path: String, _ quota: Int) -> [String: String] {
            let directory = "/sys/fs/cgroup/cpu\(path)"
            return [
                "\(directory)/cpu.cfs_quota_us": "\(quota)\n", "\(directory)/cpu.cfs_period_us": "50000\n",
            ]
        }
        try write([
            "/proc/self/cgroup": "4:cpu:/slice/job\n0::/\n",
            "/proc/self/mountinfo": "34 32 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n",
        ])
        try write(group("/slice/job", 400_000))
        #expect(quota == 8)
        try write(group("/slice", 100_000))
        #expect(quota == 2)
    }

    /// The path of a process whose group lies outside of what its container sees.
    @Test func pathOutsideTheMountLeavesTheMountPoint() throws {
        try write([
            "/proc/self/cgroup": "0::/../elsewhere\n",
            "/proc/self/mountinfo": "30 23 0:26 /pod/one /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
            "/sys/fs/cgroup/cpu.max": "200000 100000\n",
        ])
        #expect(quota == 2)
    }

    @Test func aTreeWithoutControlGroupsHasNoQuota() throws {
        #expect(quota == nil)
        try write(["/proc/self/cgroup": "nonsense\n::\n0:\n", "/proc/self/mountinfo": "1 2 - cgroup2\n\n-\n"])
        #expect(quota == nil)
        #expect(try cores(allowed: "0,1") == 2)
    }

    /// Cores 0 and 1 have the processors 0, 4 and 1, 5.
    @Test func hardwareThreadsOfOneCoreCountOnce() throws {
        for processor in [0, 1, 4, 5] {
            let path = "/sys/devices/system/cpu/cpu\(processor)/topology/thread_siblings_list"
            try write([path: "\(processor % 4),\(processor % 4 + 4)\n"])
        }
        #expect(try cores(allowed: "0,1,4,5") == 2)
        #expect(try cores(allowed: "0,4") == 1)
        #expect(try cores(allowed: "1,4") == 2)
        // The system tells nothing about the third.
        #expect(try cores(allowed: "0,4,9") == 2)
        #expect(try cores(allowed: "0-1,4-5") == 2)
        #expect(try cores(allowed: "0-1") == 2)
        #expect(try cores(allowed: "4") == 1)
    }

    @Test(arguments: [
        "", "1-0", "-1", "0-", "0-1-2", "0,,1", "all", "0-99999999999999999999", "0-4294967295",
    ])
    func malformedMaskLeavesTheProcessorsThatAreOnline(mask: String) throws {
        #expect(try cores(allowed: mask) == Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    @Test func quotaLimitsTheCores() throws {
        try write([
            "/proc/self/cgroup": "0::/\n", "/proc/self/mountinfo": Self.versionTwo,
            "/sys/fs/cgroup/cpu.max": "200000 100000\n",
        ])
        #expect(try cores(allowed: "0,1,2,3") == 2)
        #expect(try cores(allowed: "0") == 1)
    }
}
