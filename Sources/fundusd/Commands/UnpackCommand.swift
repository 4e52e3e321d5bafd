// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import FundusImage
internal import LinuxIO
internal import Operations
internal import SystemPackage

struct UnpackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpack",
        abstract: "Takes the photographs out of DICOM files, and prints what those say of them.",
        discussion: """
            For files with one photograph as an embedded JPEG (transfer syntaxes 1.2.840.10008.1.2.4.50 and .51), which \
            is written byte for byte as NAME.jpg, whole or not at all: the inbox may be the folder. NAME is the file's \
            name without .dcm; a photograph of that name and another content is never replaced. Prints one JSON object \
            a file. Exits 65 when some file has no such photograph, 66 when some file could not be read, 73 when a name \
            is taken.

                fundusd unpack --output inbox exam/*.dcm
            """)

    @Argument(help: ArgumentHelp("DICOM files.", valueName: "file")) var files: [String]
    @Option(name: .shortAndLong, help: ArgumentHelp("Where the photographs go.", valueName: "folder"))
    var output: String

    func run() throws {
        var (unreadable, without, taken) = (false, false, false)
        let unpacking = DICOMUnpacking(to: FilePath(output))
        for file in files.map({ FilePath($0) }) {
            do {
                try StandardOutput.say(try unpacking.unpack(file))
            } catch let failure as SystemFailure {
                unreadable = true
                StandardError.say(failure.description)
            } catch let fault as DICOMFile.Fault {
                without = true
                StandardError.say("\(file): \(fault.description)")
            } catch let name as DICOMUnpacking.NameTaken {
                taken = true
                StandardError.say(
                    "\(file): \(name.path) is another photograph and stays; unpack this one into another folder")
            }
        }
        if unreadable { throw ExitCode(ExitStatus.noInput.rawValue) }
        if without { throw ExitCode(ExitStatus.dataError.rawValue) }
        if taken { throw ExitCode(ExitStatus.cannotCreate.rawValue) }
    }
}
