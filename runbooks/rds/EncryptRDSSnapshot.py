"""How the encrypted copy of a snapshot is called and made, and what becomes of the original."""

import hashlib

# Their storage lives without instances, so that a restored cluster costs no computing.
SHARED_STORAGE = ("aurora", "neptune", "docdb")


def original_snapshot(snapshot, delete):
    """Return the type that RDS must be told to find the snapshot by its name, and what becomes of it."""
    kind = {"rds": "automated", "awsbackup": "awsbackup"}.get(snapshot.rpartition(":")[0])
    fate = "The original stays: delete it when nobody needs it"
    if kind is not None:
        fate = "The original is automatic and goes when its retention ends"
    elif delete:
        fate = "The original is deleted"
    return {"type": kind, "fate": fate}


def copy_names(snapshot, arn, created):
    """Return names that only this snapshot gives, so that what has them was made from it."""
    mark = hashlib.sha256(f"{arn} {created}".encode()).hexdigest()[:12]
    stem = snapshot.rpartition(":")[2][:230].rstrip("-")
    return {"copy": f"{stem}-encrypted-{mark}", "temporary": f"asr-encrypt-{mark}"}


def restore_plan(engine, vpc=None, groups=None, tags=None):
    """Return subnet group and tags of the temporary cluster, or raise when it would need instances."""
    if not engine.startswith(SHARED_STORAGE):
        raise ValueError(
            "RDS can't encrypt a copy of this snapshot of a Multi-AZ DB cluster. Restore it with"
            " KmsKeyId, which starts three instances, take a snapshot of that, and delete the cluster."
        )
    names = sorted(group["name"] for group in groups or [] if group["vpc"] == vpc)
    # Tags of AWS itself can't be written.
    own = [tag for tag in tags or [] if not is_aws_tag(tag["Key"])]
    return {"subnets": names[0] if names else None, "tags": own or None}


def refuse_without_original(erased=None, erased_cluster=None):
    """Raise when the copy is all that is left."""
    if erased or erased_cluster:
        raise ValueError(
            "the original was deleted, so the encrypted copy is all there is; it stays"
        )
