// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "tokenizer-rounds",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "block-skim", path: "../..")],
    targets: [
        .executableTarget(
            name: "tokenizer-rounds",
            dependencies: [.product(name: "BlockSkim", package: "block-skim")]
        )
    ],
    swiftLanguageModes: [.v6]
)
