// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "block-skim",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "BlockSkim", targets: ["BlockSkim"]),
        .library(name: "BlockSkimEvaluation", targets: ["DatasetModule", "EvaluationModule"]),
        .executable(name: "blockskim", targets: ["blockskim"]),
        // What the trainer, a package of its own, is built on.
        .library(
            name: "BlockSkimModules",
            targets: [
                "SafetensorsModule", "TorchFileModule", "TokenizerModule", "EncoderModule", "BlockSkimModule",
                "QuestionAnsweringModule", "DatasetModule", "EvaluationModule", "TerminalModule",
            ]
        ),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
    ],
    targets: [
        // System libraries. Every call into oneDNN and libxsmm is made from TensorModule, into zlib from DatasetModule,
        // into libxml2 from TextFileModule.
        .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
        .systemLibrary(name: "CLibXSMM", providers: [.apt(["libxsmm-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        // Opens libxml2 when the first page is read.
        .target(name: "CLibXML2", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),

        // The ladder: each target depends only on targets above it.
        .target(name: "FileModule"),
        .target(name: "TerminalModule", dependencies: ["FileModule"]),
        .target(name: "SafetensorsModule", dependencies: ["FileModule"]),
        .target(name: "TorchFileModule", dependencies: ["FileModule", "SafetensorsModule"]),
        .target(name: "TokenizerModule", dependencies: ["FileModule"]),
        .target(name: "CKernels"),
        .target(name: "TensorModule", dependencies: ["CKernels", "CLibXSMM", "COneDNN"]),
        .target(
            name: "EncoderModule",
            dependencies: ["FileModule", "SafetensorsModule", "TensorModule", "TorchFileModule"]
        ),
        .target(
            name: "BlockSkimModule",
            dependencies: ["EncoderModule", "FileModule", "SafetensorsModule", "TensorModule"]
        ),
        .target(
            name: "QuestionAnsweringModule",
            dependencies: [
                "BlockSkimModule", "EncoderModule", "SafetensorsModule", "TensorModule", "TokenizerModule",
            ]
        ),
        .target(name: "TextFileModule", dependencies: ["CLibXML2", "FileModule"]),
        .target(name: "DatasetModule", dependencies: ["CZlib", "FileModule"]),
        .target(
            name: "EvaluationModule",
            dependencies: ["BlockSkimModule", "DatasetModule", "FileModule", "QuestionAnsweringModule"]
        ),
        // Apart, so that whoever needs only the modules does not get the weights.
        .target(
            name: "BlockSkimDefaultModel",
            dependencies: ["FileModule", "QuestionAnsweringModule"],
            resources: [.copy("Model")]
        ),
        .target(
            name: "BlockSkim",
            dependencies: [
                "BlockSkimDefaultModel", "BlockSkimModule", "EncoderModule", "QuestionAnsweringModule",
                "TensorModule", "TextFileModule", "TokenizerModule",
            ]
        ),
        .executableTarget(
            name: "blockskim",
            dependencies: [
                "BlockSkim", "BlockSkimModule", "DatasetModule", "EncoderModule", "EvaluationModule",
                "FileModule", "TensorModule", "TerminalModule", "TextFileModule",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),

        // What several test targets share: formula checkpoints, golden and scratch files, generators, comparisons.
        .target(name: "TestSupport", dependencies: ["SafetensorsModule"], path: "Tests/TestSupport"),
        .testTarget(name: "TensorModuleTests", dependencies: ["CKernels", "TensorModule", "TestSupport"]),
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

        .testTarget(
            name: "FileModuleTests",
            dependencies: ["FileModule", "TestSupport"],
            resources: [.copy("Fixtures")]
        ),
        .testTarget(name: "TerminalModuleTests", dependencies: ["TerminalModule"]),
        .testTarget(
            name: "TorchFileModuleTests",
            dependencies: ["SafetensorsModule", "TestSupport", "TorchFileModule"],
            resources: [.copy("Fixtures")]
        ),
        .testTarget(name: "SafetensorsModuleTests", dependencies: ["SafetensorsModule", "TestSupport"]),
        .testTarget(
            name: "TokenizerModuleTests",
            dependencies: ["TokenizerModule", "TestSupport"],
            resources: [.copy("Fixtures")]
        ),
        .testTarget(name: "TextFileModuleTests", dependencies: ["TestSupport", "TextFileModule"]),
        .testTarget(
            name: "DatasetModuleTests",
            dependencies: ["CZlib", "DatasetModule", "TestSupport"],
            resources: [.copy("Fixtures")]
        ),
        .testTarget(
            name: "EvaluationModuleTests",
            dependencies: ["CZlib", "EvaluationModule", "FileModule", "TestSupport"],
            resources: [.copy("Fixtures")]
        ),
        .testTarget(
            name: "QuestionAnsweringModuleTests",
            dependencies: ["BlockSkimModule", "QuestionAnsweringModule", "TensorModule", "TestSupport"],
            resources: [.copy("Fixtures")]
        ),
        .testTarget(
            name: "BlockSkimDefaultModelTests",
            dependencies: [
                "BlockSkimDefaultModel", "BlockSkimModule", "QuestionAnsweringModule", "TestSupport",
            ]
        ),
        .testTarget(
            name: "CommandLineTests",
            dependencies: ["blockskim", "TestSupport", "TextFileModule"],
            resources: [.copy("Fixtures"), .copy("Snapshots")]
        ),
    ],
    swiftLanguageModes: [.v6]
)
