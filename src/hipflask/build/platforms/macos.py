"""macOS: an application in a folder, and the zip that it travels in.

    Stock.app/Contents/
      Info.plist          what macOS is to know of it
      MacOS/Stock         the launcher, to the byte as it was built: one more would end its signature
      Resources/          icon.icns, current, releases/, layers/
      _CodeSignature/     if the project has a command that signs

A signature covers what is inside, so the order is: the native files of each layer (`sign.sign_layer`, before the layers are
read: they get their ids from what is signed), then the application (`seal`), then the zip goes to Apple's notaries. Without
any of these commands the launcher keeps the signature "of nobody" that Apple's processors ask for, and nothing else.
"""

from __future__ import annotations

import plistlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...core.errors import BuildError
from ..bundle import Bundle
from ..current import FILE as CURRENT
from ..layer import Layer
from ..project import FileType, Project
from ..release import Release
from ..sign import sign
from ..targets import Target
from .archives import of_bundle, write_zip
from .format import Format
from .icons import icns_of

OLDEST = "13.0"  # the oldest that packages are chosen for; the launcher itself runs on 11
_NO_CREATOR = b"APPL????"


def folder_name(project: Project) -> str:
    """What the application's folder is called: the name that people know it by; raises BuildError if no file can have it."""
    if project.name.startswith(".") or set(project.name) & set("/:\\"):
        raise BuildError(
            f"{project.name!r} cannot be the name of an application: it begins with a dot, or has a slash or a colon in it."
        )
    return f"{project.name}.app"


def root_in(folder: Path, project: Project) -> Path:
    """Where `current`, `releases` and `layers` stand within the application."""
    return folder / "Contents" / "Resources"


def frame(project: Project, target: Target, release: Release, folder: Path) -> None:
    """Write what surrounds the layers: the launcher, the icon, and what macOS is to know."""
    from ..launcher import binary

    contents = folder / "Contents"
    program = contents / "MacOS" / project.name
    _write(program, binary(target).read_bytes())
    program.chmod(0o755)
    _write(contents / "Info.plist", plistlib.dumps(info(project), sort_keys=True))
    _write(contents / "PkgInfo", _NO_CREATOR)
    _write(contents / "Resources" / "icon.icns", icns_of(project))


def info(project: Project) -> dict[str, Any]:
    """What macOS is to know: the content of Info.plist."""
    said: dict[str, Any] = {
        "CFBundleDevelopmentRegion": "en",
        "CFBundleDisplayName": project.name,
        "CFBundleExecutable": project.name,
        "CFBundleIconFile": "icon.icns",
        "CFBundleIdentifier": project.id,
        "CFBundleInfoDictionaryVersion": "6.0",
        "CFBundleName": project.name,
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": project.version,
        "CFBundleVersion": project.version,
        "LSMinimumSystemVersion": OLDEST,
        # Windows are drawn at the screen's own resolution, and by the thrifty graphics processor where there are two.
        "NSHighResolutionCapable": True,
        "NSSupportsAutomaticGraphicsSwitching": True,
        # The window talks to this program alone, over plain http on the computer itself.
        "NSAppTransportSecurity": {"NSAllowsLocalNetworking": True},
        "NSHumanReadableCopyright": project.publisher,
    }
    if project.file_types:
        kinds = [(_kind_id(project, kind), kind) for kind in project.file_types]
        said["CFBundleDocumentTypes"] = [_document_type(name, kind) for name, kind in kinds]
        said["UTImportedTypeDeclarations"] = [_declaration(name, kind) for name, kind in kinds]
    if project.schemes:
        said["CFBundleURLTypes"] = [
            {
                "CFBundleTypeRole": "Viewer",
                "CFBundleURLName": project.id,
                "CFBundleURLSchemes": list(project.schemes),
            }
        ]
    return said


def seal(bundle: Bundle) -> None:
    """Have the application signed by the project's command, once, when all else is in its place.

    Raises BuildError if that has changed a layer: its id would no longer be what the release says.
    """
    if "sign-macos" not in bundle.project.hooks or _seal_of(bundle).exists():
        return
    sign(bundle.project, "sign-macos", bundle.folder)
    if not _seal_of(bundle).exists():
        raise BuildError(f"sign-macos has ended well, and {bundle.folder.name} has no signature in it.")
    for layer in bundle.layers:
        if Layer.of(layer.name, bundle.root / layer.home).id != layer.id:
            raise BuildError(
                f"sign-macos has changed the {layer.name} within {bundle.folder.name}, which was signed already. Have the "
                "command sign what it is given and nothing inside: rcodesign with --shallow, codesign without --deep."
            )


def frame_of(bundle: Bundle, folder: Path) -> Layer | None:
    """What is around the layers of a sealed application, copied into `folder`: the layer "frame" of what is published.

    None if nobody has signed it: then an update keeps the frame that it finds. The release in the application cannot name
    this layer, because the seal is in it and covers that release; what is published does.
    """
    if not _seal_of(bundle).exists():
        return None
    layers = {bundle.root / layer.home for layer in bundle.layers}
    for entry in of_bundle(bundle):
        file = bundle.folder / entry.path
        is_inside = file.parent == bundle.root / "releases" or not layers.isdisjoint(file.parents)
        if not is_inside and file != bundle.root / CURRENT:
            with entry.open() as content:
                _write(folder / entry.path, content.read())
            (folder / entry.path).chmod(entry.mode)
    return Layer.of("frame", folder)


def zip_name(bundle: Bundle) -> str:
    """What the zip is called."""
    return f"{bundle.project.program}-{bundle.project.version}-{bundle.target}.zip"


def make_zip(bundle: Bundle, file: Path) -> None:
    """Make the zip of the application, signed and shown to Apple's notaries if the project has commands for that.

    A command that names `{app}` may staple the notaries' answer to the application, so the zip is made anew after it.
    """
    project = bundle.project
    seal(bundle)
    prefix = f"{folder_name(project)}/"
    write_zip(file, of_bundle(bundle, prefix))
    sign(project, "notarize-macos", file, app=str(bundle.folder.absolute()))
    if "{app}" in project.hooks.get("notarize-macos", ""):
        write_zip(file, of_bundle(bundle, prefix))


def _seal_of(bundle: Bundle) -> Path:
    return bundle.folder / "Contents" / "_CodeSignature" / "CodeResources"


def _kind_id(project: Project, kind: FileType) -> str:
    return f"{project.id}.{kind.extension.lstrip('.')}"


def _document_type(name: str, kind: FileType) -> dict[str, Any]:
    return {
        "CFBundleTypeIconFile": "icon.icns",
        "CFBundleTypeName": kind.name,
        "CFBundleTypeRole": "Viewer",
        "LSHandlerRank": "Default",
        "LSItemContentTypes": [name],
    }


def _declaration(name: str, kind: FileType) -> dict[str, Any]:
    return {
        "UTTypeConformsTo": ["public.data"],
        "UTTypeDescription": kind.name,
        "UTTypeIdentifier": name,
        "UTTypeTagSpecification": {
            "public.filename-extension": [kind.extension.lstrip(".")],
            "public.mime-type": [kind.mime],
        },
    }


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    file.chmod(0o644)


FORMATS: Mapping[str, Format] = {"app.zip": Format("app.zip", zip_name, make_zip)}
