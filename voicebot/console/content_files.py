"""What the association wrote as one archive of YAML files, out and in: a repository can stay the source."""

from __future__ import annotations

import asyncio
import io
import zipfile
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from voicebot.console.author_desk import ROOT, AuthorDesk
from voicebot.console.desk import Desk
from voicebot.console.forms import read_at_most
from voicebot.console.guard import Visitor
from voicebot.console.pages import ROOT as CONSOLE
from voicebot.editing.folder import Changes, Files, is_ours
from voicebot.errors import DataError

#: The draft that an import makes.
IMPORTED: Final = "import"
_LARGEST: Final = 8 << 20
_MOST_FILES: Final = 500


def routes(desk: Desk) -> list[BaseRoute]:
    """`/fichiers`."""
    pages, guard = _Files(AuthorDesk(desk)), desk.guard
    return [
        guard.page("/fichiers", pages.show, "author"),
        guard.page("/fichiers/demarches.zip", pages.export, "author"),
        guard.upload("/fichiers", pages.take_in, "author"),
    ]


@dataclass(frozen=True)
class _Files:
    author: AuthorDesk

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """Both ways."""
        shop = self.author.writing.workshop
        files = await asyncio.to_thread(shop.folder.read)
        return self.author.desk.show(request, visitor, "writing/files.html", files=files)

    async def export(self, request: Request, visitor: Visitor) -> Response:
        """Everything published, as it lies in the folder."""
        files = await asyncio.to_thread(self.author.writing.workshop.folder.read)
        await self.author.desk.note(visitor, "content_exported")
        return Response(
            archive(files),
            media_type="application/zip",
            headers={"Content-Disposition": 'attachment; filename="demarches.zip"'},
        )

    async def take_in(self, request: Request, visitor: Visitor) -> Response:
        """An archive becomes a draft, to be read and published like any other."""
        body = await read_at_most(request, _LARGEST)
        shop = self.author.writing.workshop
        try:
            files = await asyncio.to_thread(unpacked, body)
            published = await asyncio.to_thread(shop.folder.read)
            changes: Changes = {path: text for path, text in files.items() if text != published.get(path)}
            if changes:
                await asyncio.to_thread(shop.save, IMPORTED, changes, visitor.account.id)
        except DataError:
            return self.author.desk.go("/fichiers", "import_wrong")
        if not changes:
            return self.author.desk.go("/fichiers", "import_same")
        await self.author.desk.note(visitor, "draft_changed", IMPORTED)
        return RedirectResponse(f"{CONSOLE}{ROOT}/{IMPORTED}/relire", 303)


def archive(files: Files) -> bytes:
    """`files` as a ZIP archive, always the same bytes for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, text in sorted(files.items()):
            packed.writestr(zipfile.ZipInfo(path), text)
    return out.getvalue()


def unpacked(body: bytes) -> Files:
    """The YAML files of an archive that are ours, whatever folder they lie in. Raises DataError."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            inside = [one for one in packed.infolist() if one.filename.endswith(".yaml")]
            if len(inside) > _MOST_FILES or sum(one.file_size for one in inside) > _LARGEST:
                raise DataError("an archive: expected at most 500 files and 8 MB, got more")
            found = {_path(one.filename): packed.read(one).decode() for one in inside}
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"expected a ZIP archive of YAML files, got {type(error).__name__}") from None
    ours = {path: text for path, text in found.items() if path}
    if not ours:
        raise DataError("an archive: expected files of flows, prompts, nlu or conversations, found none")
    return ours


def _path(name: str) -> str:
    """Its path in the folder: archives often have one folder around everything; "" for what is not ours."""
    parts = name.split("/")
    paths = ("/".join(parts[at:]) for at in range(len(parts)))
    return next((path for path in paths if is_ours(path)), "")
