"""Skills that are in order, of several kinds, written for the tests: each a folder of files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from skill_fleet.metrics.page import Page, load_page


@dataclass(frozen=True)
class Fixture:
    """A skill's folder; `files` are the texts by path, SKILL.md among them."""

    name: str
    files: dict[str, str]

    @property
    def text(self) -> str:
        return self.files["SKILL.md"]

    @property
    def body(self) -> str:
        return self.text.split("---\n", 2)[2]


def write(fixture: Fixture, root: Path) -> Path:
    """The folder of the skill, made below `root`."""
    for path, text in fixture.files.items():
        file = root / fixture.name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")
    return root / fixture.name


def load(fixture: Fixture, root: Path) -> Page:
    return load_page(write(fixture, root))


REFERENCE = Fixture(
    "sqlite-backup",
    {
        "SKILL.md": """---
name: sqlite-backup
description: >-
  Copies live SQLite databases without stopping the writer: online backup, VACUUM INTO, WAL checkpoints, integrity
  checks and restores. Use when someone asks to back up, snapshot, clone or restore a .db or .sqlite file, or when a
  copied database turns out malformed.
license: MIT
---

# SQLite backup

A SQLite database in WAL mode is three files: `app.db`, `app.db-wal` and `app.db-shm`. Copying `app.db` alone with
`cp` loses every transaction that still stands in the write-ahead log. Take the copy through SQLite itself.

## Choose a method

| Method | Blocks the writer | Result | Take it for |
|---|---|---|---|
| `.backup` | no, restarts on each write | exact pages | a quiet database |
| `VACUUM INTO` | no | compact, one file | a nightly snapshot |
| `sqlite3_rsync` | no | exact pages | a copy on another host |
| `cp` after a checkpoint | yes | exact pages | a stopped service |

## Make a backup

1. Find the journal mode, because WAL decides which files belong together:

   ```bash
   sqlite3 app.db "PRAGMA journal_mode;"
   ```

2. Write the snapshot into a file that does not exist yet. `VACUUM INTO` refuses to overwrite one:

   ```bash
   sqlite3 app.db "VACUUM INTO 'backup/app-2024.db';"
   ```

3. Check the copy, never the original, so that a slow check does not hold a read lock on the live database:

   ```bash
   sqlite3 backup/app-2024.db "PRAGMA integrity_check;"
   ```

   The answer must be the single word `ok`. Keep the previous snapshot until it is.

## From Python

`Connection.backup` copies 100 pages at a time here and sleeps 0.25 s between steps, so a writer always gets its turn:

```python
import sqlite3

source = sqlite3.connect("app.db")
target = sqlite3.connect("backup/app-2024.db")
with target:
    source.backup(target, pages=100, sleep=0.25)
target.close()
source.close()
```

## Restore

1. Stop every process that has the database open; a restore under a running writer corrupts the file.
2. Move `app.db`, `app.db-wal` and `app.db-shm` aside together. A stale log that stays behind is replayed into the
   restored database.
3. Copy the snapshot to `app.db` and set owner and mode as they were.
4. Start the service and run `PRAGMA quick_check;` once.

## When it goes wrong

- `database is locked` after 5 seconds: another connection holds the write lock. Set `PRAGMA busy_timeout = 30000;`
  before the backup and try again.
- `database disk image is malformed` on the copy: it was made with `cp` during a write. Discard it and make another
  with `VACUUM INTO`.
- The snapshot is larger than the disk has room for: `VACUUM INTO` needs free space of the size of the live pages, not
  twice that much, so delete old snapshots before the run.

## Example

A user writes: "Our nightly copy of orders.db fails to open on Mondays." Ask for the command of the nightly job. When it
is `cp orders.db`, explain the missing `orders.db-wal`, replace the line by `sqlite3 orders.db "VACUUM INTO ..."`, and
add the integrity check as the last step of the job.
""",
    },
)

WORKFLOW = Fixture(
    "incident-review",
    {
        "SKILL.md": """---
name: incident-review
description: >-
  Leads a team from an outage to a written post-incident review: timeline, impact, contributing causes and owned
  actions. Use after a production incident was closed, when someone asks for a postmortem, a root cause analysis or
  lessons learned. Not for incidents that are still open.
---

# Incident review

A review explains how an outage could happen although everybody acted sensibly. It names conditions, never culprits.
Plan it within five working days: after ten, half of the details are gone.

## 1. Collect the evidence

1. Export the incident channel and the pages of the on-call schedule with their times in UTC.
2. Save the graphs of error rate, latency and traffic from one hour before the first alert to one hour after recovery.
3. List the deployments, flag changes and migrations of the 24 hours before the first alert.
4. Ask each responder for a private account of ten lines before the meeting. People who have heard the others tell their
   story remember theirs differently.

## 2. Write the timeline

Give each event a line of its own with time, actor and source:

| Time (UTC) | Event | Source |
|---|---|---|
| 09:14 | Release 412 reaches all hosts | deployment log |
| 09:21 | First customer reports failed payments | support ticket |
| 09:37 | On-call engineer is paged for error rate | alert history |
| 10:02 | Release 411 restored, errors end | deployment log |

Mark three times explicitly: when the impact began, when someone noticed it, and when it ended. Detection took 23
minutes in this example, repair 25.

## 3. Measure the impact

- Count affected customers and failed requests from the access log, not from the number of complaints.
- State lost revenue only when finance confirms it, and say how it was estimated.
- Name the service objective and the share of its error budget that was spent.

## 4. Ask how, not who

Take every surprising step of the timeline and ask what made it look right at that moment. Stop when the answer is a
condition the team can change: a missing alert, an unclear runbook, a default that fails open. "Human error" is where
the questions begin, never an answer.

Contributing causes come in threes or more. A review with a single root cause has not looked far enough.

## 5. Agree on actions

1. Write at most five actions. Longer lists are not worked off.
2. Give each one owner, one date and one sentence that says how everybody will see that it is done.
3. Put first what shortens detection, then what limits the damage, then what prevents this very failure.
4. Enter them in the tracker before the meeting ends, and read them again after 30 days.

## Check before publishing

- [ ] No sentence has a person as the cause of something bad.
- [ ] Every claim of the timeline has a source.
- [ ] Impact, detection and recovery carry numbers.
- [ ] Each action has owner and date.

## Example of a finding

Weak: "The engineer deployed without testing." Strong: "The staging database holds 200 rows, so a query that scans the
table passed there and took 40 seconds on the 9 million rows of production. Nothing compares query plans between both."
""",
    },
)

HUB = Fixture(
    "invoice-extraction",
    {
        "SKILL.md": """---
name: invoice-extraction
description: >-
  Extracts supplier, dates, line items, VAT and totals from PDF invoices into JSON and checks that the sums agree.
  Use when the user wants invoices read, digitised or booked, asks about VAT lines that don't add up, or hands over
  scanned bills.
---

# Invoice extraction

Turns a folder of PDF invoices into one JSON record each. The script reads the text layer; scans without one go through
OCR first. Amounts are strings with two decimals, because binary floats lose cents.

## Steps

1. Look whether the PDF has a text layer. Without one, follow [references/scans.md](references/scans.md).
2. Run the extraction. It never overwrites a record unless `--force` is given:

   ```bash
   python scripts/extract.py invoices/ --out records/ --currency EUR
   ```

3. Compare the sums. The script exits with status 2 when line items, VAT and total disagree by more than 0.02:

   ```bash
   python scripts/extract.py invoices/ --out records/ --check-only
   ```

4. Show each disagreement to the user with page and line. Do not correct an amount yourself: a wrong invoice goes back
   to its supplier.

## Which file to read

| Question | File |
|---|---|
| What does a field of the record mean, and which are required? | [references/fields.md](references/fields.md) |
| How are VAT rates, reverse charge and exemptions told apart? | [references/vat.md](references/vat.md) |
| The page is a picture, skewed or rotated | [references/scans.md](references/scans.md) |

## A record

```json
{
  "supplier": "Nordlicht GmbH",
  "number": "2024-0117",
  "issued": "2024-03-05",
  "currency": "EUR",
  "lines": [{"text": "Hosting, March", "net": "120.00", "vat_rate": "19"}],
  "vat": "22.80",
  "total": "142.80"
}
```

`number` and `issued` are required for booking. When the supplier prints no number, leave the field out and tell the
user; an invented number makes duplicates impossible to find.

## Common failures

- Columns run together, as in `120.0022.80`: the PDF was printed from a spreadsheet. Pass `--layout wide`.
- Dates like 03/05/2024 are ambiguous. Decide by the country of the supplier, and ask when it is unknown.
- Credit notes carry negative totals. Keep the sign and set `"kind": "credit"`.
""",
        "references/fields.md": """# Fields of an invoice record

| Field | Required | Format |
|---|---|---|
| `supplier` | yes | name as printed |
| `number` | yes | text, leading zeros kept |
| `issued` | yes | ISO 8601 date |
| `currency` | yes | ISO 4217 code |
| `lines` | no | list of `text`, `net`, `vat_rate` |
| `vat` | yes | decimal with two places |
| `total` | yes | decimal with two places |
| `kind` | no | `invoice` or `credit` |
""",
        "references/vat.md": """# VAT

- Standard and reduced rates are printed beside each line; the record keeps them as text.
- Reverse charge: the invoice names both VAT numbers and no tax. `vat` is `0.00`.
- Exempt supplies name the paragraph that exempts them. Copy it into the text of the line.
""",
        "references/scans.md": """# Scanned invoices

Straighten the page first, then recognise the text at 300 dpi. Below 200 dpi digits such as 3 and 8 are confused:
ask for a better scan rather than guess.
""",
        "scripts/extract.py": '''"""Reads invoices from a folder of PDF files."""

import argparse


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--out", required=True, help="where the records go")
    parser.add_argument("--currency", default="EUR")
    parser.add_argument("--layout", choices=["normal", "wide"], default="normal")
    parser.add_argument("--check-only", action="store_true", help="compare the sums, write nothing")
    parser.add_argument("--force", action="store_true", help="overwrite records")
    parser.parse_args()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
''',
    },
)

MINIMAL = Fixture(
    "branch-naming",
    {
        "SKILL.md": """---
name: branch-naming
description: >-
  Names git branches so that tickets, owners and purpose can be read off them. Use when the user creates, renames or
  cleans up branches, or asks how a branch for a ticket should be called.
---

# Branch naming

A branch name is `type/ticket-summary`, for example `fix/PAY-381-round-cents`.

## Rules

1. Take the type from the list: `feat`, `fix`, `docs`, `chore`. Release branches are `release/2.4`, made by CI alone.
2. Copy the ticket with its upper-case key. Without a ticket, write the owner's handle in its place: `docs/mira-readme`.
3. Summarise in two to four words, lower case, joined by hyphens. Never use a date: the commit has one.
4. Stay below 60 characters, because the preview host cuts longer names off and two branches then share one address.

## Rename a branch

Open pull requests follow a rename on GitHub, not on other hosts. Push the new name before deleting the old one:

```bash
git branch -m old-name fix/PAY-381-round-cents
git push -u origin fix/PAY-381-round-cents
git push origin --delete old-name
```

## Clean up

Delete merged branches with `git branch --merged main`, but keep `release/*`: hotfixes start from these branches.
""",
    },
)

CODE = Fixture(
    "http-retries",
    {
        "SKILL.md": """---
name: http-retries
description: >-
  Adds retries with exponential backoff and jitter to Python HTTP clients, honours Retry-After, and keeps POST requests
  from running twice with idempotency keys. Use when requests fail with 429, 502, 503 or timeouts, or when a retry loop
  floods a service.
---

# HTTP retries

Retry only what can succeed later and does no harm twice. A status 429 or 503 is worth another attempt; a 400 or 404
stays what it is, whatever the delay.

## Decide what to retry

| Answer | GET, PUT, DELETE | POST |
|---|---|---|
| 429, 503 | after `Retry-After` | after `Retry-After`, with an idempotency key |
| 502, 504, timeout | with backoff | only with an idempotency key |
| 400, 401, 404, 422 | never | never |

A timeout says nothing about the server: it may have booked the order. Without an idempotency key a second POST books
it again.

## Backoff with full jitter

Wait a random time between 0 and `min(cap, base * 2 ** attempt)`. Fixed delays make all clients return at the same
moment; jitter spreads them.

```python
import random
import time

import httpx

RETRIED = {429, 502, 503, 504}


def get_with_retries(client: httpx.Client, url: str, attempts: int = 5, base: float = 0.5, cap: float = 20.0):
    for attempt in range(attempts):
        response = client.get(url)
        if response.status_code not in RETRIED:
            return response
        named = response.headers.get("retry-after", "")
        delay = float(named) if named.isdigit() else random.uniform(0, min(cap, base * 2**attempt))
        time.sleep(delay)
    return response
```

Call it with a client that has timeouts of its own, so that one attempt cannot take all the time there is:

```python
client = httpx.Client(timeout=httpx.Timeout(10.0, connect=3.0))
response = get_with_retries(client, "https://api.example.com/orders")
```

## Settings

Keep the limits in a file that operations can change without a release:

```yaml
retries:
  attempts: 5
  base_seconds: 0.5
  cap_seconds: 20
  budget_percent: 10
```

`budget_percent` stops retries when more than 10 % of the requests of the last minute were retries. Without a budget an
outage multiplies the traffic by the number of attempts, here five.

## Verify

1. Start a server that answers 503 twice and 200 after that. The client must return 200 on its third attempt.
2. Send `Retry-After: 7` and read the log: the delay must be 7 seconds, not the computed one.
3. Send two POST requests with the same `Idempotency-Key` and count the bookings: one.

## Common mistakes

- Retrying inside a library and again around it: 5 attempts become 25. Switch one of them off.
- Retrying a 401. Renew the token once, then fail.
- Sleeping while a database transaction is open; the lock stays for the whole backoff.
""",
    },
)

CHINESE = Fixture(
    "csv-cleaning",
    {
        "SKILL.md": """---
name: csv-cleaning
description: 清洗来自不同系统的 CSV 文件:识别编码和分隔符、统一日期与金额、去除重复行、报告无法解析的记录。当用户提到
  导入 CSV 失败、中文乱码、列错位、日期格式混乱,或者要求合并多个表格文件时使用。
---

# CSV 清洗

先确认编码,再处理内容。编码判断错误时,后面每一步的结果都不可靠。原始文件永远不要覆盖,清洗结果写入新的文件。

## 步骤

1. 检查文件开头的字节。`EF BB BF` 表示带签名的 UTF-8,没有签名而且解码失败时再尝试 `gb18030`。
2. 读取前二十行,统计逗号、分号和制表符的数量,数量在各行保持一致的就是分隔符。
3. 统一列名:去掉两端空格,把全角字符转换为半角字符,重复的列名加上序号。
4. 把日期转换为 `2024-03-05` 这种格式。像 `03/05/24` 这样有歧义的日期不要猜测,写入错误报告。
5. 金额去掉千位分隔符和货币符号,保留两位小数,用字符串保存。
6. 按主键去除重复行,保留最后一次出现的记录,并且把删除的行数告诉用户。

## 读取文件的例子

```python
import csv
from pathlib import Path

raw = Path("orders.csv").read_bytes()
text = raw.decode("utf-8-sig") if raw.startswith(b"\\xef\\xbb\\xbf") else raw.decode("gb18030")
rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
print(len(rows))
```

## 错误报告

| 字段 | 含义 |
|---|---|
| `line` | 原始文件中的行号,从 1 开始 |
| `column` | 出错的列名 |
| `value` | 原来的内容 |
| `reason` | 无法解析的原因 |

错误超过总行数的百分之五时,停止导入并且询问用户,因为这通常说明分隔符或者编码判断错了。

## 常见问题

- 身份证号码变成科学计数法:文件曾经用表格软件打开并保存。请用户从来源系统重新导出,丢失的数字无法恢复。
- 一行变成两行:引号内部包含换行。使用 `csv` 模块读取,不要自己按照换行拆分。
- 合并以后列错位:各个文件的列顺序不同。按照列名合并,不要按照位置合并。
""",
    },
)

ARABIC = Fixture(
    "invoice-review-ar",
    {
        "SKILL.md": """---
name: invoice-review-ar
description: مراجعة الفواتير العربية قبل الدفع والتحقق من الرقم الضريبي وتاريخ الإصدار ومجموع البنود وقيمة الضريبة.
  تستخدم هذه المهارة عندما يطلب المستخدم تدقيق فاتورة أو مقارنة المبالغ أو اكتشاف فاتورة مكررة أو تجهيز دفعة للموردين.
---

# مراجعة الفواتير

تمر كل فاتورة بثلاث مراحل: قراءة البيانات ثم التحقق من الأرقام ثم قرار الدفع. لا تعدل أي مبلغ بنفسك، فالفاتورة الخاطئة
تعود إلى المورد مع ذكر السبب.

## قراءة البيانات

1. حول الأرقام العربية مثل ٢٥ إلى الأرقام 25 قبل أي عملية حسابية.
2. سجل رقم الفاتورة والرقم الضريبي للمورد وتاريخ الإصدار بصيغة `2024-03-05`.
3. اذكر التاريخ الهجري كما ورد في الفاتورة بجانب التاريخ الميلادي ولا تستبدل أحدهما بالآخر.

## التحقق من الأرقام

| البند | القاعدة |
|---|---|
| مجموع البنود | يساوي حاصل جمع الأسطر بفارق لا يزيد على 0.02 |
| قيمة الضريبة | نسبة 15 من المجموع ما لم يكن البند معفى |
| المبلغ النهائي | المجموع مع قيمة الضريبة بعد الخصم |

يتكون الرقم الضريبي من خمسة عشر رقما ويبدأ بالرقم 3 وينتهي به. إذا نقص رقم واحد فارفض الفاتورة واطلب
نسخة صحيحة من المورد.

## اكتشاف التكرار

قارن رقم الفاتورة مع فواتير المورد نفسه خلال آخر تسعين يوما. التشابه في المبلغ وحده لا يكفي، فالاشتراك الشهري يتكرر
بالمبلغ ذاته كل شهر.

## مثال

```json
{
  "number": "1147",
  "issued": "2024-03-05",
  "net": "2000.00",
  "vat": "300.00",
  "total": "2300.00"
}
```

المجموع في هذا المثال صحيح لأن نسبة الضريبة من مبلغ 2000 تساوي 300. لو كان المبلغ النهائي 2330 لوجب إرجاع الفاتورة.

## قرار الدفع

- ادفع عندما تتطابق الأرقام ويوجد أمر شراء معتمد.
- علق الدفع عندما يكون التاريخ أقدم من سنة واحدة واسأل قسم المحاسبة.
- ارفض الفاتورة المكررة وأخبر المورد برقم الفاتورة الأولى.
""",
    },
)

ENGLISH = (REFERENCE, WORKFLOW, HUB, MINIMAL, CODE)
ALL = (*ENGLISH, CHINESE, ARABIC)
