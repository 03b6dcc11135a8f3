/// How much processor time a container grants, in processors.
///
/// A quota is time in a period: 150 ms in every 100 ms are 1.5 processors. More threads than that would be stopped
/// together for the rest of each period. Every control group above the process can have one; the smallest counts.
struct ContainerQuota {
    /// Where one control group stands and how its quota is written.
    private enum Version {
        /// `cpu.max` holds quota and period.
        case two
        /// `cpu.cfs_quota_us` and `cpu.cfs_period_us` hold one each.
        case one
    }

    /// A tree of control groups that is mounted.
    private struct Mount {
        let version: Version
        /// Where the tree stands in the file system.
        let point: Substring
        /// Which group of the tree stands there: in a container, often its own.
        let group: Substring
    }

    private let files: SystemFile

    /// - Parameter root: `/`, or a directory with a `proc` and a `sys` of its own.
    init(root: String = "/") { files = SystemFile(root: root) }

    /// The smallest quota above the process, in whole processors rounded up; nil without one.
    ///
    /// What does not make sense counts as no quota.
    var processors: Int? {
        let mounts = mounts
        let quotas = (files.lines(of: "/proc/self/cgroup") ?? []).compactMap { line -> Int? in
            // "0::/path" for version 2, "4:cpu,cpuacct:/path" for version 1.
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return nil }
            let isTwo = fields[0] == "0" && fields[1].isEmpty
            guard isTwo || fields[1].split(separator: ",").contains("cpu") else { return nil }
            guard let mount = mounts.first(where: { ($0.version == .two) == isTwo }) else { return nil }
            return smallest(from: fields[2], in: mount)
        }
        return quotas.min()
    }

    /// The mounts as the kernel lists them; where it does not, the usual place of version 2.
    private var mounts: [Mount] {
        guard let lines = files.lines(of: "/proc/self/mountinfo") else {
            return [Mount(version: .two, point: "/sys/fs/cgroup", group: "/")]
        }
        return lines.compactMap { line in
            // … group point options … - type source options
            let fields = line.split(separator: " ")
            guard fields.count > 5, let dash = fields.firstIndex(of: "-"), dash + 3 < fields.count else {
                return nil
            }
            switch fields[dash + 1] {
            case "cgroup2": return Mount(version: .two, point: fields[4], group: fields[3])
            case "cgroup" where fields[dash + 3].split(separator: ",").contains("cpu"):
                return Mount(version: .one, point: fields[4], group: fields[3])
            default: return nil
            }
        }
    }

    /// The smallest quota of a group and of all above it that can be seen.
    private func smallest(from path: Substring, in mount: Mount) -> Int? {
        var names = path.split(separator: "/")
        let above = mount.group.split(separator: "/")
        // A path outside the mounted part leaves only the mount point.
        names = names.starts(with: above) ? Array(names.dropFirst(above.count)) : []
        var smallest: Int?
        while true {
            let directory = ([mount.point] + names).joined(separator: "/")
            if let quota = quota(in: directory, mount.version) { smallest = min(smallest ?? quota, quota) }
            guard names.popLast() != nil else { return smallest }
        }
    }

    private func quota(in directory: String, _ version: Version) -> Int? {
        switch version {
        case .two:
            let fields = files.firstLine(of: directory + "/cpu.max")?.split(separator: " ") ?? []
            return fields.count == 2 ? Self.processors(quota: fields[0], period: fields[1]) : nil
        case .one:
            guard let quota = files.firstLine(of: directory + "/cpu.cfs_quota_us"),
                let period = files.firstLine(of: directory + "/cpu.cfs_period_us")
            else { return nil }
            return Self.processors(quota: quota, period: period)
        }
    }

    /// Microseconds over microseconds, rounded up; nil for "max", -1 and what is no number.
    private static func processors(quota: Substring, period: Substring) -> Int? {
        guard let quota = Int(quota), let period = Int(period), quota > 0, period > 0 else { return nil }
        return quota / period + (quota % period > 0 ? 1 : 0)
    }
}
