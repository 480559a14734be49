"""Values that tests need and do not care about."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from core.model.agent import Agent, Phase, Status
from core.model.event import Event, Happening
from core.model.messages import Address, Channel, Content, InboundMessage, Typed
from core.model.people import Person, Plan, Repo
from core.store.agents import NewAgent
from core.store.database import Database

PERSON = Person(UUID(int=1), "Ada", Plan.PRO)
SENDER = "42"
ADDRESS = Address(Channel.TELEGRAM, "7", "70")
REPO = Repo("local", "wallet-frontend", "http://forge.example/local/wallet-frontend.git", "main")


def message(content: Content | None = None, *, key: str | None = None, sender: str = SENDER) -> InboundMessage:
    return InboundMessage(
        id=uuid4(),
        key=key or f"telegram:7:{uuid4()}",
        sender_id=sender,
        reply_to=ADDRESS,
        content=content or Typed("status"),
        received_at=datetime.now(UTC),
    )


def agent(status: Status = Status.RUNNING, **changes: object) -> Agent:
    now = datetime.now(UTC)
    fields: dict[str, object] = {
        "id": uuid4(),
        "number": 3,
        "name": "Birch",
        "user_id": PERSON.id,
        "repo_url": REPO.url,
        "repo_name": REPO.full_name,
        "branch": "main",
        "task_description": "fix the login redirect bug",
        "status": status,
        "phase": Phase.WORKING,
        "progress": 40,
        "model": "claude-sonnet-5-5",
        "source": Channel.TELEGRAM,
        "reply_to": ADDRESS,
        "created_at": now,
        "updated_at": now,
    }
    return Agent(**{**fields, **changes})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def stored_agent(database: Database, name: str = "Birch") -> Agent:
    """A pending agent of PERSON in the database."""
    asked = message()
    async with database.transaction() as tx:
        await tx.people.add(PERSON)
        await tx.inbox.accept(asked)
        return await tx.agents.create(
            NewAgent(
                id=uuid4(),
                name=name,
                person_id=PERSON.id,
                message_id=asked.id,
                repo_url=REPO.url,
                repo_name=REPO.full_name,
                branch="main",
                task="fix the login redirect bug",
                model="claude-sonnet-5-5",
                reply_to=ADDRESS,
            )
        )


def event(agent: Agent, seq: int, happening: Happening) -> Event:
    return Event(agent.id, agent.leg, seq, datetime.now(UTC), happening)
