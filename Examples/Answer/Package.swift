// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "Answer",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "block-skim", path: "../..")],
    targets: [
        .executableTarget(
            name: "Answer",
            dependencies: [.product(name: "BlockSkim", package: "block-skim")]
        )
    ]
)
