"""Which settings belong to a DB cluster and not to its instances."""


def refuse_member(instance, cluster, setting):
    """Raise for an instance whose setting only its cluster has."""
    raise ValueError(
        f"{instance} is an instance of DB cluster {cluster}, and {setting} is a matter of the"
        " cluster: suppress this finding and see the controls of the cluster."
    )
