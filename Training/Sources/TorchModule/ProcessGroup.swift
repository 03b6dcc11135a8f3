import CTorchShim

/// The processes that train together; a single one needs none.
public enum ProcessGroup {
    /// Joins the others.
    ///
    /// - Parameters:
    ///   - rank: this process, from 0.
    ///   - world: the number of processes.
    ///   - address: the host and port of the store through which they meet.
    ///   - isServed: whether another program, such as torchrun's agent, serves the store; otherwise rank 0 does.
    ///   - device: by Gloo on processors, by NCCL among graphics cards.
    ///   - timeoutSeconds: how long to wait for a process that does not answer.
    /// - Throws: what libtorch refuses.
    public static func join(
        rank: Int,
        world: Int,
        address: (host: String, port: Int),
        isServed: Bool,
        device: Device,
        timeoutSeconds: Int
    ) throws(TorchError) {
        let status = ts_join(
            Int32(rank),
            Int32(world),
            address.host,
            Int32(address.port),
            isServed,
            device.code,
            Int64(timeoutSeconds)
        )
        try TorchError.check("join", status)
    }

    /// Waits until all processes are here.
    public static func barrier() throws(TorchError) {
        try TorchError.check("barrier", ts_barrier())
    }

    /// Leaves the others.
    public static func leave() throws(TorchError) {
        try TorchError.check("leave", ts_leave())
    }
}

extension Tensor {
    /// Sums the elements over the processes, in place; nothing of it is recorded.
    public func allReduce() throws(TorchError) {
        try TorchError.check("allReduce", [self], ts_all_reduce(raw))
    }
}
