import QuestionAnsweringModule

extension QuestionAnswerer {
    /// Loads the default model.
    ///
    /// - Parameter options: How it is run.
    /// - Throws: `notFound`; `unusable` with what ``init(model:options:)`` throws.
    public convenience init(options: ModelOptions = ModelOptions()) throws(DefaultModelError) {
        let directory = try DefaultModel.directory()
        do throws(QuestionAnsweringError) {
            try self.init(model: directory, options: options)
        } catch {
            throw .unusable(error)
        }
    }
}
