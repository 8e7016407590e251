import Foundation

/// Ends a child when this program is gone, also after kill -9, when nothing of this program runs any more.
///
/// A shell waits at a pipe that only this program holds. It ends the whole group, asks first, and works wherever there is a
/// shell; Linux's PR_SET_PDEATHSIG would reach the child alone and not what it started, and would already come when the
/// thread ends that made the child.
package struct ChildGuard: Sendable {
  private let shell: ChildProcess
  /// Both ends of the pipe: writing to nobody would end a program that does not ignore SIGPIPE.
  private let ends: (read: Int32, write: Int32)

  /// Word: all is well. End of the pipe: the child is asked to end, and killed two seconds later. The signals by which a
  /// terminal ends its programs are not for the guard.
  package static let script = """
    trap '' HUP INT QUIT TERM
    read -r word && exit
    kill -TERM "$1" && sleep 2 && kill -KILL "$1"
    """

  /// - Parameter isGroup: whether the child leads a group, which then ends with it.
  /// - Returns: nil where no guard can be started.
  package init?(of child: ChildProcess, isGroup: Bool) {
    guard let ends = try? ChildProcess.pipe(for: "/bin/sh") else { return nil }
    let target = isGroup ? "-\(child.id)" : "\(child.id)"
    guard
      let shell = try? ChildProcess(["/bin/sh", "-c", Self.script, "sh", target], leadsGroup: true, input: ends.read)
    else {
      close(ends.read)
      close(ends.write)
      return nil
    }
    (self.shell, self.ends) = (shell, ends)
  }

  /// To be called once, before the child is waited for: afterwards its number may be another's.
  package func release() {
    _ = write(ends.write, "\n", 1)
    close(ends.write)
    _ = shell.wait()
    close(ends.read)
  }
}
