"""How a document's script runs: the same for every remediation."""


def state_of(payload, run):
    """What Undo of this change needs."""
    return pack(
        {
            "resource": payload["ResourceArn"],
            "control": payload["ControlId"],
            "before": {name: run["before"][name] for name in KEPT["before"]},
            "done": {name: run["done"][name] for name in KEPT["done"] if name in run["done"]},
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
        "State": state_of(payload, run) if changed and CAN_UNDO else [],
    }


def work(payload, run):
    """Preview, remediate or undo, as Mode says; the outcome."""
    values = typed(payload)
    if run["mode"] == "Undo":
        state = saved_state(payload)
        run["done"] = {**state["done"], **run["done"]}
        take_back(values, state["before"], run)
        run["note"] = "Restored what was there before the change."
        return "undone"
    if run["before"] is None:
        before = read_before(values)
        if is_compliant(values, before):
            run["note"] = "Already compliant, nothing was changed."
            return "compliant"
        run["before"] = before
    if run["mode"] == "Preview":
        make_change(values, run["before"], run)
        run["note"] = say(values, run["before"], run)
        return "would-change"
    if CAN_UNDO and len(state_of(payload, run)) > ROOM:
        raise Stop("too-large", "what undo needs does not fit the State, so nothing was changed")
    make_change(values, run["before"], run)
    run["note"] = say(values, run["before"], run)
    if VERIFY_SECONDS is None:
        return "mitigated"
    if not is_settled(values, VERIFY_SECONDS):
        raise Stop("not-verified", "the change was made, but the control's check still fails")
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
