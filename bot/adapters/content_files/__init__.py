"""Content folders: Markdown and YAML in, a Library or problems out."""

from bot.adapters.content_files.check import check, content_folder
from bot.adapters.content_files.folder import read_drafts, read_library
from bot.adapters.content_files.watching import watch

__all__ = ["check", "content_folder", "read_drafts", "read_library", "watch"]
