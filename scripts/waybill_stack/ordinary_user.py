"""Servers run as an ordinary user: PostgreSQL refuses root, and nothing here needs it."""

import codecs
import hashlib
import os
import pwd
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from . import progress
from .failure import Failure


def settle(wanted: Path, make: bool) -> Path:
    """The directory to use in place of `wanted`, from then on as its ordinary user; made when `make`
    says so.

    Started as root, the process drops to the directory's owner, to who called sudo, or to `postgres`,
    for good. Where that user cannot reach `wanted`, the directory lies under /var/tmp."""
    if os.geteuid() != 0:
        return _settle_as_caller(wanted, make)
    user = _ordinary(wanted)
    directory = wanted
    if not _reaches(user, wanted):
        digest = hashlib.sha256(str(wanted).encode()).hexdigest()
        directory = Path("/var/tmp") / f"waybill-stack-{digest[:16]}"
        if make:
            progress.warn(f"{user.pw_name} cannot reach {wanted}: the servers' data is in {directory}")
    if make:
        _make_for(user, directory)
    _become(user)
    return directory


def _settle_as_caller(wanted: Path, make: bool) -> Path:
    try:
        if make:
            wanted.mkdir(parents=True, exist_ok=True)
        if not wanted.exists() or os.access(wanted, os.R_OK | os.W_OK | os.X_OK):
            return wanted
    except OSError as error:
        raise Failure(f"{wanted} cannot be made ({error.strerror}): name another place with --dir") from error
    owner = _name(wanted.stat().st_uid)
    raise Failure(f"{wanted} belongs to {owner}: run this as {owner} or root, or name another "
                  "place with --dir")


def _ordinary(wanted: Path) -> pwd.struct_passwd:
    if wanted.exists() and (owner := wanted.stat().st_uid) != 0:
        try:
            return pwd.getpwuid(owner)
        except KeyError:
            raise Failure(f"{wanted} is of user {owner}, who has no name here: use another --dir") from None
    for name in (os.environ.get("SUDO_USER"), "postgres"):
        try:
            if name and name != "root":
                return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Failure("started as root, and there is no user 'postgres' to run the servers as: run scripts/setup")


def _reaches(user: pwd.struct_passwd, wanted: Path) -> bool:
    nearest = wanted
    while not nearest.exists():
        nearest = nearest.parent
    if nearest == wanted:
        nearest = wanted.parent
    with _acting_as(user):
        return os.access(nearest, os.X_OK, effective_ids=True)


def _make_for(user: pwd.struct_passwd, directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True, mode=0o755)
    found = os.lstat(directory)
    if directory.is_symlink() or found.st_uid not in (0, user.pw_uid):
        raise Failure(f"{directory} belongs to {_name(found.st_uid)}, not to {user.pw_name}: name another "
                      "place with --dir")
    if found.st_uid == 0 and any(directory.iterdir()):
        raise Failure(f"{directory} is root's and not empty: name an empty directory, or one that "
                      f"{user.pw_name} owns")
    os.chown(directory, user.pw_uid, user.pw_gid)
    os.chmod(directory, 0o700)


def _become(user: pwd.struct_passwd) -> None:
    # Python loads some of itself on first use; the interpreter may lie where this user cannot read.
    for codec in ("ascii", "idna", "latin-1"):
        codecs.lookup(codec)
    os.setgroups(os.getgrouplist(user.pw_name, user.pw_gid))
    os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
    os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    os.chdir("/")  # the folder that root stood in may be out of this user's reach


@contextmanager
def _acting_as(user: pwd.struct_passwd) -> Iterator[None]:
    groups = os.getgroups()
    os.setgroups(os.getgrouplist(user.pw_name, user.pw_gid))
    os.setegid(user.pw_gid)
    os.seteuid(user.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
