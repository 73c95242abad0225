"""A draft goes to its place in the fleet, after a clear yes."""

from __future__ import annotations

from skill_fleet.conversation.session import Session

KEPT = "The draft stays where it is; `skill-fleet promote` moves it any time. What else?"


async def offer(session: Session, draft: str, before: str = "") -> str:
    """What the person says when this is over, or instead of an answer. `before` is told ahead of the question."""
    where = await session.context.step("where it would go", session.hands.promote, draft, dry_run=True)
    if not where.is_done:
        return await session.hear(_joined(before, f"It cannot be promoted as it is: {where.text}"))
    said = await session.hear(
        _joined(before, f"Promote it to {where.text}? Only a clear yes does."), "Promote the draft?"
    )
    means = await session.means(said)
    if means != "proceed":
        return await session.hear(KEPT) if means == "cancel" or said.startswith("/") else said
    done = await session.context.step("promote", session.hands.promote, draft, dry_run=False)
    if not done.is_done:
        return await session.hear(f"It was not promoted: {done.text}")
    session.promoted.append(done.text)
    return await session.hear(f"Promoted: {done.text}. What else?")


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
