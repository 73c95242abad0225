"""A language model for tests: an HTTP server that speaks the chat completions protocol and answers by rules.

    with LanguageServer(seed=0) as server:
        model = dspy.LM("openai/test-model", api_base=server.base_url, api_key="x", engine="lm15", cache=False)

or, as a process that outlives the one that is tested: `python -m tests.lmserver --port 0 --seed 0`, which prints its
address on the first line; `server_process()` starts one. Both are steered through `Control`. What it answers proves
calls, formats, failures and counts, and says nothing about what a language model would answer.

    control        the client that steers a server: orders, records, settings
    server         the HTTP side: one thread per connection
    orders         what is ordered for calls that match: failures, and answers word for word
    failing        each failure, carried out
    wire           bodies, errors and streams of the protocol
    record         the calls that came in
    answering      from a request to what is said
    rules          values for output fields, and replies of plain chat: add yours there
    values         a value for any field, from its JSON schema and the words of the inputs
    prompt         what a prompt asks for: fields, inputs, instructions
    words          words, sentences and what they share
"""

from __future__ import annotations

from tests.lmserver.control import Control
from tests.lmserver.orders import Order
from tests.lmserver.process import server_process
from tests.lmserver.server import LanguageServer

__all__ = ["Control", "LanguageServer", "Order", "server_process"]
