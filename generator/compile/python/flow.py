"""How a document's script runs: the same for every remediation."""


def state_of(payload, run):
    """What Undo of this change needs."""
    return pack(
        {
            "resource": payload["ResourceArn"],
            "control": payload["ControlId"],
            "before": {name: run["before"][name] for name in KEPT["before"]},
            "done": {name: run["done"][name] for name in KEPT["done"] if name in run["done"]},
            "after": run.get("after"),
        }
    )


def report(payload, run, outcome, error):
    """The answer of the document, always with the same members."""
    changed = run["mode"] == "Remediate" and len(run["changes"]) > 0
    return {
        "Outcome": outcome,
        "Note": sentence(run["note"]),
        "Error": sentence(error),
        "Changes": changes_text(run["changes"]),
        "State": state_of(payload, run) if changed and KEPT else [],
    }


def left(values, before=None):
    """Stands for what a change left and Undo would write over; None where nothing does or can be read."""
    names = KEPT["unchanged"] if KEPT else ()
    if not names:
        return None
    try:
        before = before or read_before(values)
        return digest({name: before[name] for name in names})
    except Exception:  # It must break neither the change nor the undo of what is gone.
        return None


def undo(payload, values, run):
    """Take the change back, unless somebody changed the resource since; the outcome."""
    if run["before"] is None:
        state = saved_state(payload)
        after = state.get("after") if run["mode"] == "Undo" else None
        found = left(values) if after else None
        if found and found != after:
            why = "the resource was changed after the remediation; ForceUndo writes over that"
            raise Stop("changed-since", why)
        run["before"], run["done"], run["unseen"] = state["before"], state["done"], after and not found
    take_back(values, run["before"], run)
    unseen = " Whether it had been changed since could not be read." if run["unseen"] else ""
    run["note"] = f"Restored what was there before the change.{unseen}"
    return "undone"


def taken_back(values, run):
    """The calls with which Undo would restore what is there now, as far as that can be known before the change."""
    back = {**run, "changes": [], "made": [], "number": 0}
    try:
        take_back(values, run["before"], back)
    except Exception:  # There is no undo, or it needs what only the change will tell.
        return []
    return [{**one, "undo": True} for one in back["changes"]]


def work(payload, run):
    """Preview, remediate or undo, as Mode says; the outcome."""
    values = typed(payload)
    if run["mode"] in ("Undo", "ForceUndo"):
        return undo(payload, values, run)
    if run["before"] is None:
        before = read_before(values)
        if is_compliant(values, before):
            run["note"] = "Already compliant, nothing was changed."
            return "compliant"
        run["before"] = before
    if run["mode"] == "Preview":
        make_change(values, run["before"], run)
        run["note"] = say(values, run["before"], run)
        run["changes"] += taken_back(values, run)
        return "would-change"
    if KEPT and len(state_of(payload, run)) > ROOM:
        raise Stop("too-large", "what undo needs does not fit the State, so nothing was changed")
    make_change(values, run["before"], run)
    run["note"] = say(values, run["before"], run)
    if VERIFY_SECONDS is None:
        run["after"] = left(values)
        return "mitigated"
    after = settled(values, VERIFY_SECONDS)
    if after is None:
        raise Stop("not-verified", "the change was made, but the control's check still fails")
    run["after"] = left(values, after)
    return "changed"


def main(payload, _context):
    """Entry point: whatever happens, the answer says it and the state for undo is not lost."""
    run = {"mode": payload["Mode"], "changes": [], "done": {}, "before": None, "note": ""}
    try:
        outcome, error = work(payload, run), ""
    except Exception as problem:
        outcome, error = "failed", conclude(problem)
    return report(payload, run, outcome, error)


def main_in_loop(payload, _context):
    """Entry point, called again after each pause: whatever happens, the state is not lost."""
    if payload["Resume"]:
        run = unpack(payload["Resume"])
    else:
        run = {"mode": payload["Mode"], "changes": [], "done": {}, "before": None, "note": ""}
        run.update({"made": [], "since": {}})
    run["number"] = 0
    try:
        outcome, error = work(payload, run), ""
    except NotYet as pause:
        return {"Pending": True, "Pause": f"PT{pause.seconds}S", "Resume": pack(run)}
    except Exception as problem:
        outcome, error = "failed", conclude(problem)
    answer = pack(report(payload, run, outcome, error))
    return {"Pending": False, "Pause": "PT1S", "Resume": answer}


def main_after_loop(payload, _context):
    """Entry point of the step after the loop: the answer, or what is known of a run that did not end."""
    run = unpack(payload["Resume"])
    if "Outcome" in run:
        return run
    return report(payload, run, "failed", "timed-out: the change still went on at the last look")
