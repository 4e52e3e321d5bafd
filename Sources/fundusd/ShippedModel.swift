internal import Foundation
internal import LinuxIO
internal import ModelStore
internal import SystemPackage

/// The model that comes with the program.
enum ShippedModel {
    /// In a checkout `./model`; of an installed program `../share/fundusd/model`, seen from its folder. Nil where neither is.
    static var folder: ModelFolder? {
        candidates.map(ModelFolder.init).first { isFile($0.recordPath) && isFile($0.weightsPath) }
    }

    private static var candidates: [FilePath] {
        // Elsewhere a folder of this name is somebody's own.
        let checkout = isFile("Package.swift") ? [FilePath("./model")] : []
        let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let prefix = program.map { FilePath($0).removingLastComponent().removingLastComponent() }
        return checkout + [prefix?.appending("share/fundusd/model")].compactMap(\.self)
    }

    private static func isFile(_ path: FilePath) -> Bool {
        (try? Descriptor.open(path, 0).status())?.kind == .regular
    }
}
