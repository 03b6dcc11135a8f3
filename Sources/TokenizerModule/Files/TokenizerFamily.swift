/// Which of Hugging Face's tokenizers a checkpoint's files are of.
enum TokenizerFamily: CaseIterable {
    case bert
    case roberta
    case albert
    case xlmRoberta
    case camembert
    case mpnet
    case deberta

    /// The family of a tokenizer class, nil for a class of another kind.
    init?(class name: String) {
        guard let family = Self.allCases.first(where: { $0.has(class: name) }) else { return nil }
        self = family
    }

    /// The family that Hugging Face takes where no class is named; nil for a model of another kind.
    init?(modelType: String) {
        switch modelType {
        case "bert", "distilbert", "electra": self = .bert
        case "roberta": self = .roberta
        case "albert": self = .albert
        case "xlm-roberta": self = .xlmRoberta
        case "camembert": self = .camembert
        case "mpnet": self = .mpnet
        case "deberta-v2": self = .deberta
        default: return nil
        }
    }

    /// Whether a tokenizer class is one of the family's.
    func has(class name: String) -> Bool {
        classes.contains { $0 == name || $0 + "Fast" == name }
    }

    /// Those of BERT's are equal but for their names.
    private var classes: [String] {
        switch self {
        case .bert:
            [
                "BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "MobileBertTokenizer",
                "ConvBertTokenizer",
            ]
        case .roberta: ["RobertaTokenizer"]
        case .albert: ["AlbertTokenizer"]
        case .xlmRoberta: ["XLMRobertaTokenizer"]
        case .camembert: ["CamembertTokenizer"]
        case .mpnet: ["MPNetTokenizer"]
        case .deberta: ["DebertaV2Tokenizer"]
        }
    }
}
