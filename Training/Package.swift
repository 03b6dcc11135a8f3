// swift-tools-version: 6.1
import Foundation
import PackageDescription

// Training needs libtorch: the PyTorch wheel that `make train-setup` puts into `.venv-train` beside this package, or
// any other of a version below, named by LIBTORCH.
let libtorch = Libtorch.found()

let package = Package(
    name: "block-skim-training",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "blockskim-train", targets: ["blockskim-train"])],
    dependencies: [
        .package(name: "block-skim", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    ],
    targets: [
        // All C++ is here, behind a header in C.
        .target(
            name: "CTorchShim",
            exclude: ["gloo-declarations/README.md"],
            cxxSettings: [
                .headerSearchPath("gloo-declarations"),
                .unsafeFlags(
                    libtorch.includes.flatMap { ["-isystem", $0] } + libtorch.definitions
                        + ["-w", "-O2", "-march=native"]
                ),
            ],
            linkerSettings: [
                .unsafeFlags([
                    "-L\(libtorch.libraries)", "-Xlinker", "-rpath", "-Xlinker", libtorch.libraries,
                ]),
                .unsafeFlags(["-Xlinker", "--no-as-needed"] + libtorch.linked.map { "-l\($0)" }),
            ]
        ),
        .target(name: "TorchModule", dependencies: ["CTorchShim"]),
        .target(
            name: "SkimTrainingModule",
            dependencies: ["TorchModule", .product(name: "BlockSkimModules", package: "block-skim")]
        ),
        .executableTarget(
            name: "blockskim-train",
            dependencies: [
                "SkimTrainingModule", .product(name: "BlockSkimModules", package: "block-skim"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),

        // A link to the root package's own support for tests, which is no product of it.
        .target(
            name: "TrainingTestSupport",
            dependencies: [.product(name: "BlockSkimModules", package: "block-skim")],
            path: "Tests/TrainingTestSupport"
        ),
        .testTarget(name: "TorchModuleTests", dependencies: ["TorchModule"]),
        .testTarget(
            name: "SkimTrainingModuleTests",
            dependencies: ["SkimTrainingModule", "TrainingTestSupport", "blockskim-train"],
            resources: [.copy("Fixtures")]
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)

/// Where libtorch is.
struct Libtorch {
    /// Directories of headers.
    var includes: [String]
    /// Flags for what is compiled with this libtorch only.
    var definitions: [String]
    /// The directory of shared libraries.
    var libraries: String
    /// The names of the libraries to link.
    var linked: [String]

    static let wantedVersions = ["2.13", "2.12", "2.11"]

    /// Looks in LIBTORCH, else in the virtual environment; ends the build with an explanation when there is none.
    static func found() -> Libtorch {
        let places: [String]
        if let variable = Context.environment["LIBTORCH"], !variable.isEmpty {
            places = [variable]
        } else {
            let environment = URL(filePath: Context.packageDirectory).deletingLastPathComponent()
                .appending(path: ".venv-train/lib").path
            let versions = (try? FileManager.default.contentsOfDirectory(atPath: environment)) ?? []
            places = (versions.isEmpty ? ["python3"] : versions.sorted()).map {
                "\(environment)/\($0)/site-packages/torch"
            }
        }
        var faults: [String] = []
        for place in places {
            switch version(at: place) {
            case nil: faults.append("there is no include/torch/headeronly/version.h in \(place)")
            case let version? where !wantedVersions.contains(version):
                faults.append("\(place) is of version \(version)")
            default:
                var linked = ["torch_cpu", "c10", "torch"]
                var includes = ["\(place)/include", "\(place)/include/torch/csrc/api/include"]
                var definitions: [String] = []
                if FileManager.default.fileExists(atPath: place + "/lib/libtorch_cuda.so") {
                    linked += ["torch_cuda", "c10_cuda"]
                    if let headers = headersOfNCCL(beside: place) {
                        includes += headers
                        definitions = ["-DSHIM_NCCL"]
                    }
                }
                return Libtorch(
                    includes: includes,
                    definitions: definitions,
                    libraries: place + "/lib",
                    linked: linked
                )
            }
        }
        let message = """
            Training/ needs libtorch \(wantedVersions.joined(separator: " or ")), and \(faults.joined(separator: "; ")).
            Either run `make train-setup` in the repository's root, which installs it in .venv-train,
            or set LIBTORCH to a directory that holds its include/ and lib/.

            """
        FileHandle.standardError.write(Data(message.utf8))
        exit(1)
    }

    /// Where the headers of CUDA and NCCL are: in wheels beside PyTorch's, in CUDA_HOME or in the system; nil when they are not.
    static func headersOfNCCL(beside place: String) -> [String]? {
        let wheels = URL(filePath: place).deletingLastPathComponent().appending(path: "nvidia").path
        let places =
            ((try? FileManager.default.contentsOfDirectory(atPath: wheels)) ?? []).sorted()
            .map { "\(wheels)/\($0)/include" }
            + [Context.environment["CUDA_HOME"] ?? "/usr/local/cuda"].map { $0 + "/include" }
        let found = places.filter { FileManager.default.fileExists(atPath: $0) }
        let isThere = { (header: String) in
            (found + ["/usr/include"]).contains { FileManager.default.fileExists(atPath: "\($0)/\(header)") }
        }
        return ["nccl.h", "cuda_runtime.h", "crt/host_config.h", "nv/target"].allSatisfy(isThere)
            ? found : nil
    }

    /// Major and minor version of the libtorch in a directory; nil when there is none.
    static func version(at place: String) -> String? {
        let file = place + "/include/torch/headeronly/version.h"
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
        func number(_ name: String) -> Substring? {
            text.split(separator: "\n").first { $0.hasPrefix("#define TORCH_VERSION_\(name) ") }?
                .split(separator: " ").last
        }
        guard let major = number("MAJOR"), let minor = number("MINOR") else { return nil }
        return "\(major).\(minor)"
    }
}
