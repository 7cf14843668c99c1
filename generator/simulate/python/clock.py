"""A clock in place of the real one while a script runs: sleeps can be skipped, today can be set."""

import contextlib
import datetime
import time

_sleep = time.sleep
_time = time.time
_monotonic = time.monotonic
_gmtime = time.gmtime
_Datetime = datetime.datetime
_Date = datetime.date


class TimeLimit(BaseException):
    """The script used up its time. Not an Exception, so that scripts can't swallow it."""


class Clock:
    """Time as a script sees it: the real or a fixed time, plus what it would have slept."""

    def __init__(self, now, offset, skip, limit):
        """now: ISO text or None; offset: seconds already skipped; limit: seconds for the script."""
        self._fixed = None if now is None else _Datetime.fromisoformat(now).timestamp()
        self._offset = offset
        self._skip = skip
        self._limit = limit
        self._start = _monotonic()
        self.slept = 0.0
        self._skipped = 0.0

    def sleep(self, seconds):
        """Sleeps, or only moves the clock on."""
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self.slept += seconds
        if not self._skip:
            _sleep(seconds)
            return
        self._skipped += seconds
        if _monotonic() - self._start + self._skipped > self._limit:
            raise TimeLimit()

    def time(self):
        """Seconds since 1970."""
        if self._fixed is not None:
            return self._fixed + self._offset + self.slept
        return _time() + self._offset + self._skipped

    def monotonic(self):
        """Seconds since some moment; never set by a fixed time, so that busy loops still end."""
        return _monotonic() + self._offset + self._skipped

    def gmtime(self, seconds=None):
        """Like time.gmtime."""
        return _gmtime(self.time() if seconds is None else seconds)

    @contextlib.contextmanager
    def installed(self):
        """Puts this clock in the place of the real one."""
        fakes = {
            "sleep": self.sleep,
            "time": self.time,
            "time_ns": lambda: int(self.time() * 1e9),
            "monotonic": self.monotonic,
            "monotonic_ns": lambda: int(self.monotonic() * 1e9),
            "perf_counter": self.monotonic,
            "gmtime": self.gmtime,
        }
        real = {name: getattr(time, name) for name in fakes}
        for name, fake in fakes.items():
            setattr(time, name, fake)
        datetime.datetime, datetime.date = _datetime_of(self), _date_of(self)
        try:
            yield
        finally:
            for name, function in real.items():
                setattr(time, name, function)
            datetime.datetime, datetime.date = _Datetime, _Date


class _LikeBase(type):
    """isinstance() answers as for the real class, whose objects AWS calls return."""

    def __instancecheck__(cls, value):
        """True for objects of the real class."""
        return isinstance(value, cls.__bases__[0])

    def __subclasscheck__(cls, other):
        """True for the real class and its subclasses."""
        return issubclass(other, cls.__bases__[0])


def _datetime_of(clock):
    """The class datetime with the time of `clock`."""

    class DatetimeOfClock(_Datetime, metaclass=_LikeBase):
        """datetime.datetime by the simulated clock."""

        @classmethod
        def now(cls, tz=None):
            """The simulated time."""
            return _Datetime.fromtimestamp(clock.time(), tz)

        @classmethod
        def utcnow(cls):
            """The simulated time in UTC, without a zone."""
            return cls.now(datetime.timezone.utc).replace(tzinfo=None)

        @classmethod
        def today(cls):
            """The simulated local time."""
            return cls.now()

    return DatetimeOfClock


def _date_of(clock):
    """The class date with the day of `clock`."""

    class DateOfClock(_Date, metaclass=_LikeBase):
        """datetime.date by the simulated clock."""

        @classmethod
        def today(cls):
            """The simulated day."""
            return _Date.fromtimestamp(clock.time())

    return DateOfClock
