import EncoderModule
import TensorModule

/// Threads and buffers for passes of one encoder: what a model needs to run beside its weights.
///
/// Any number of them serve one model. One thread at a time uses a workspace; passes that are begun in it may alternate.
package final class Workspace {
    package let team: ThreadTeam
    let encoder = EncoderBuffers()
    let modules: SkimWorkspace
    /// The hidden states that the last finished pass gave.
    let result = FloatBuffer()
    /// Buffers for hidden states that no pass uses at the moment.
    private var spareStates: [FloatBuffer] = []

    /// - Parameters:
    ///   - configuration: The encoder's shape.
    ///   - threads: How many threads work together.
    package convenience init(_ configuration: EncoderConfiguration, threads: ThreadBudget) {
        self.init(configuration, team: ThreadTeam(threads))
    }

    /// - Parameters:
    ///   - configuration: The encoder's shape.
    ///   - team: Who does the work.
    package init(_ configuration: EncoderConfiguration, team: ThreadTeam) {
        self.team = team
        modules = SkimWorkspace(heads: configuration.heads, workers: team.size)
    }

    /// Lends a buffer until it is given back.
    func takeStates() -> FloatBuffer { spareStates.popLast() ?? FloatBuffer() }

    func giveBack(_ states: FloatBuffer) { spareStates.append(states) }
}
