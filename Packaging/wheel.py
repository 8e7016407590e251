#!/usr/bin/env python3
"""wheel.py BINARY VERSION TAG LICENCES FOLDER: a wheel which holds the binary and the Python package, written into FOLDER.

Layout: PEP 427; the file below `.data/scripts/` is what pip, pipx and uv put onto the path. Same inputs, same bytes.
"""

import base64
import hashlib
import pathlib
import sys
import zipfile

NAME = "vidmetrics"
PACKAGE = pathlib.Path(__file__).parent / "python" / "src" / NAME


def metadata(version, licences):
    files = "".join(f"License-File: {name}\n" for name in licences)
    return (
        f"Metadata-Version: 2.4\nName: {NAME}\nVersion: {version}\n"
        "Summary: Scores video generators: FVD, KVD, FID, KID, PIC and more, as one program\n"
        "License-Expression: Apache-2.0 AND LGPL-2.1-or-later AND BSD-3-Clause\n"
        f"{files}Requires-Python: >=3.9\n"
        "Classifier: Environment :: Console\nClassifier: Operating System :: POSIX :: Linux\n"
        "Classifier: Topic :: Scientific/Engineering :: Image Processing\n"
        "Description-Content-Type: text/plain\n\n"
        "The program `vidmetrics` for Linux on x86-64 with glibc 2.28 or newer (Debian 10, Ubuntu 18.10, RHEL 8). It needs no\n"
        "Python when it runs. `import vidmetrics` calls it from a training loop, on paths, arrays and tensors.\n"
        "On arm64, on macOS and on musl (Alpine) it is built from source.\n"
    )


def main(binary, version, tag, licences, folder):
    info = f"{NAME}-{version}.dist-info"
    texts = {path.name: path.read_bytes() for path in sorted(pathlib.Path(licences).iterdir())}
    files = [
        (f"{NAME}-{version}.data/scripts/{NAME}", pathlib.Path(binary).read_bytes(), 0o755),
        *((f"{NAME}/{path.name}", path.read_bytes(), 0o644) for path in sorted(PACKAGE.iterdir()) if path.is_file()),
        *((f"{info}/licenses/{name}", text, 0o644) for name, text in texts.items()),
        (f"{info}/METADATA", metadata(version, texts).encode(), 0o644),
        (f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: {NAME}\nRoot-Is-Purelib: false\nTag: {tag}\n".encode(), 0o644),
    ]
    record = f"{info}/RECORD"
    lines = [
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}"
        for name, data, _ in files
    ]
    files.append((record, "\n".join([*lines, f"{record},,", ""]).encode(), 0o644))
    with zipfile.ZipFile(pathlib.Path(folder) / f"{NAME}-{version}-{tag}.whl", "w") as wheel:
        for name, data, mode in files:
            entry = zipfile.ZipInfo(name, (1980, 1, 2, 0, 0, 0))
            entry.create_system = 3
            entry.external_attr = (0o100000 | mode) << 16
            wheel.writestr(entry, data, zipfile.ZIP_DEFLATED, 9)


main(*sys.argv[1:])
