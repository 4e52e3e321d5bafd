// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import LinuxIO
internal import ModelStore
internal import SystemPackage

/// The model that comes with the program.
enum ShippedModel {
    /// In a checkout `./model`; of an installed program `../share/fundusd/model`, seen from its folder. Nil where neither is.
    ///
    /// - Throws: where it can't be seen whether one is there: a training must not begin with other weights for that.
    static func folder() throws(SystemFailure) -> ModelFolder? {
        for folder in try candidates().map(ModelFolder.init) {
            if try isFile(folder.recordPath), try isFile(folder.weightsPath) { return folder }
        }
        return nil
    }

    private static func candidates() throws(SystemFailure) -> [FilePath] {
        // Elsewhere a folder of this name is somebody's own.
        let checkout = try isFile("Package.swift") ? [FilePath("./model")] : []
        let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let prefix = program.map { FilePath($0).removingLastComponent().removingLastComponent() }
        return checkout + [prefix?.appending("share/fundusd/model")].compactMap(\.self)
    }

    private static func isFile(_ path: FilePath) throws(SystemFailure) -> Bool {
        try FileStatus.at(path)?.kind == .regular
    }
}
