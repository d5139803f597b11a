"""Makes the helpers in tests/support importable from every test, and Ctrl-C work however the tests were started."""

import signal
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))

# A shell starts what runs in its background deaf to Ctrl-C, and children inherit that: tests that send it would wait.
if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
