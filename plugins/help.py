"""`/help`: what the bot can do, out of the same definitions that everything else reads."""

from bot.chat import Chat
from bot.command import Command, Kind, Option, Reply, Role, UserError, command


@command("help", zh="帮助", always=True)
async def help(chat: Chat, topic: str | None = None) -> Reply:
    """What there is, or how one command is used."""
    if topic is None:
        return Reply(_overview(chat))
    found = chat.services.commands.get(topic.lstrip("/"))
    if found is None and (group := chat.services.commands.group(topic.lstrip("/"))):
        return Reply("\n\n".join(_usage(chat, one) for one in group))
    if found is None:
        near = chat.services.commands.nearest(topic)
        key = "error.unknown_command" if near is None else "error.unknown_near"
        raise UserError(key, word=topic[:24], near=near and near.name)
    return Reply(_usage(chat, found))


def _overview(chat: Chat) -> str:
    lines = [chat.text("help.head")]
    listed = [c for c in chat.services.commands.all() if not c.hidden and c.needs <= chat.role]
    for found in sorted(listed, key=_rank):
        if found.needs > Role.MEMBER and (admins := chat.text("help.for_admins")) not in lines:
            lines.append(admins)
        summary = chat.text(f"command.{found.name}.summary")
        lines.append(chat.text("help.line", name=found.name, zh=found.zh, summary=summary))
    lines.append(chat.text("help.foot"))
    return "\n".join(lines)


def _rank(found: Command) -> tuple[int, ...]:
    """What draws comes first, it is what people came for; then what one does with a picture; what few may do, last.

    Of each kind, first what leaves the most to choose.
    """
    about_pictures = found.replies_to_picture or found.pictures > 0
    second = found.replies_to_picture if found.costs else not about_pictures
    return found.needs > Role.MEMBER, not found.costs, second, -len(found.options)


def _usage(chat: Chat, found: Command) -> str:
    lines = [chat.text("help.usage", name=found.name, zh=found.zh, summary=chat.text(f"command.{found.name}.summary"))]
    lines += [_option(chat, found, option) for option in found.options if not option.pairs]
    if either := [option for option in found.options if option.pairs]:
        names = (_called(chat, found, option) for option in either)
        lines.append(chat.text("help.wishes", names=chat.text("list.comma").join(names)))
    key = f"command.{found.name}.example"
    if chat.services.catalogue.has(key):
        lines.append(chat.text("help.example", example=chat.text(key)))
    if found.needs > Role.MEMBER:
        lines.append(chat.text("help.admins"))
    return "\n".join(lines)


def _option(chat: Chat, found: Command, option: Option) -> str:
    allowed = ""
    if option.range is not None:
        allowed = chat.text("help.range", low=f"{option.range.low:g}", high=f"{option.range.high:g}")
    elif option.kind is Kind.CHOICE:
        choices = (chat.text(f"choice.{option.name}.{c}") for c in option.choices)
        allowed = chat.text("help.choices", choices=chat.text("list.comma").join(choices))
    if option.default not in (None, False):
        allowed = (allowed + chat.text("help.default", value=option.default)).strip()
    help = chat.text(f"command.{found.name}.option.{option.name}.help")
    local = _called(chat, found, option)
    return chat.text("help.option", name=option.name, local=local, help=help, allowed=allowed).rstrip()


def _called(chat: Chat, found: Command, option: Option) -> str:
    return chat.text(f"command.{found.name}.option.{option.name}.name")
