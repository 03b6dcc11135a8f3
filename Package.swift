// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "block-skim",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "BlockSkim", targets: ["BlockSkim"]),
        .executable(name: "blockskim", targets: ["blockskim"]),
        // What the trainer, a package of its own, is built on.
        .library(
            name: "BlockSkimModules",
            targets: [
                "SafetensorsModule", "TokenizerModule", "EncoderModule", "BlockSkimModule",
                "QuestionAnsweringModule", "DatasetModule", "EvaluationModule",
            ]
        ),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
    ],
    targets: [
        // The only system library. Every call into it is made from TensorModule/OneDNN.
        .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),

        // The ladder: each target depends only on targets above it.
        .target(name: "SafetensorsModule"),
        .target(name: "TokenizerModule"),
        .target(name: "TensorModule", dependencies: ["COneDNN"]),
        .target(name: "EncoderModule", dependencies: ["SafetensorsModule", "TensorModule"]),
        .target(
            name: "BlockSkimModule",
            dependencies: ["EncoderModule", "SafetensorsModule", "TensorModule"]
        ),
        .target(
            name: "QuestionAnsweringModule",
            dependencies: [
                "BlockSkimModule", "EncoderModule", "SafetensorsModule", "TensorModule", "TokenizerModule",
            ]
        ),
        .target(name: "DatasetModule"),
        .target(name: "EvaluationModule", dependencies: ["DatasetModule"]),
        .target(name: "BlockSkim", dependencies: ["QuestionAnsweringModule"]),
        .executableTarget(
            name: "blockskim",
            dependencies: [
                "BlockSkim", "DatasetModule", "EvaluationModule",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),

        // Formula checkpoints and comparisons that several test targets share.
        .target(name: "TestSupport", dependencies: ["SafetensorsModule"], path: "Tests/TestSupport"),
        .testTarget(name: "TensorModuleTests", dependencies: ["TensorModule", "TestSupport"]),
        .testTarget(
            name: "EncoderModuleTests",
            dependencies: ["EncoderModule", "SafetensorsModule", "TensorModule", "TestSupport"],
            resources: [.copy("Fixtures")]
        ),
        .testTarget(
            name: "BlockSkimModuleTests",
            dependencies: [
                "BlockSkimModule", "EncoderModule", "SafetensorsModule", "TensorModule", "TestSupport",
            ],
            resources: [.copy("Fixtures")]
        ),

        .testTarget(name: "SafetensorsModuleTests", dependencies: ["SafetensorsModule"]),
        .testTarget(
            name: "TokenizerModuleTests",
            dependencies: ["TokenizerModule"],
            resources: [.copy("Fixtures")]
        ),
        .testTarget(
            name: "DatasetModuleTests",
            dependencies: ["DatasetModule"],
            resources: [.copy("Fixtures")]
        ),
        .testTarget(
            name: "EvaluationModuleTests",
            dependencies: ["EvaluationModule"],
            resources: [.copy("Fixtures")]
        ),
        .testTarget(
            name: "QuestionAnsweringModuleTests",
            dependencies: ["BlockSkimModule", "QuestionAnsweringModule", "TensorModule", "TestSupport"],
            resources: [.copy("Fixtures")]
        ),
    ],
    swiftLanguageModes: [.v6]
)
