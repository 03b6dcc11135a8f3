/// How much of a document is read, and in what order.
public enum Reading: Sendable, Equatable {
    /// As the checkpoint's `blockskim.json` says: best-first where it was calibrated for documents, else ``all``.
    case asConfigured
    /// Every window, in the order of the text.
    case all
    /// The most promising windows first, until reading more would hardly change the answer.
    ///
    /// A document that fits one window is read as with ``all``. With nil, as `blockskim.json` says or with the defaults of
    /// ``BestFirstReading``.
    case bestFirst(BestFirstReading?)
}
