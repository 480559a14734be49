"""Reads a request to the Messages API: what was the task, and what has come of the calls so far."""

from typing import Any, Final, Self

from pydantic import BaseModel, Field

from cadence.demo.script import ToolOutcome

_ADDED_BY_CLI: Final = "<system-reminder>"


class _Block(BaseModel):
    """Any block of content; only texts and tool results mean something here."""

    type: str
    text: str = ""
    content: str | list[Self] = ""
    is_error: bool | None = None


class _Message(BaseModel):
    role: str
    content: str | list[_Block]

    def blocks(self) -> list[_Block]:
        return [_Block(type="text", text=self.content)] if isinstance(self.content, str) else self.content


class Conversation(BaseModel):
    """The body of a request, as far as the script reads it."""

    model: str
    messages: list[_Message] = Field(min_length=1)
    tools: list[dict[str, Any]] = []
    stream: bool = False

    def task(self) -> str:
        """The first words of the person, without what the CLI adds around them."""
        said = next((message for message in self.messages if message.role == "user"), self.messages[0])
        texts = [block.text for block in said.blocks() if block.type == "text"]
        return "\n".join(text for text in texts if not text.lstrip().startswith(_ADDED_BY_CLI))

    def outcomes(self) -> list[ToolOutcome]:
        """What came of each tool call, oldest first."""
        results = [block for message in self.messages for block in message.blocks() if block.type == "tool_result"]
        return [ToolOutcome(_text(block.content), ok=not block.is_error) for block in results]

    def tokens(self) -> int:
        """Its length by the rule of thumb that four characters make a token."""
        return sum(len(message.model_dump_json()) for message in self.messages) // 4 + 1


def _text(content: str | list[_Block]) -> str:
    return content if isinstance(content, str) else "\n".join(block.text for block in content)
