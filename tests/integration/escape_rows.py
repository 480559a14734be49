"""The rows N of the test matrix: what a program in a box may try, and what may come of it."""

# What nothing but the box can answer for: its own answers here are the proof.
REFUSED = {
    "n1 tcp": {"ENETUNREACH"},
    "n1 tcp, the host's own service": {"ECONNREFUSED"},
    "n2 tcp over ipv6": {"ENETUNREACH", "EADDRNOTAVAIL", "EAFNOSUPPORT"},
    "n2 mapped": {"ENETUNREACH", "EADDRNOTAVAIL", "EAFNOSUPPORT"},
    "n3 udp, name server": {"ENETUNREACH"},
    "n3 udp, quic": {"ENETUNREACH"},
    "n3 udp, the host's own service": {"ECONNREFUSED", "ENETUNREACH", "reached"},
    "n4 tcp fast open": {"ENETUNREACH"},
    "n5 a name": {"gaierror", "False"},
    "n6 metadata": {"ENETUNREACH"},
    "n7 ping socket": {"EPERM"},
    "n7 raw socket": {"EPERM"},
    "n7 packet socket": {"EAFNOSUPPORT"},
    "n8 vsock": {"EAFNOSUPPORT"},
    "n8 crypto socket": {"EAFNOSUPPORT"},
    "n8 nfnetlink": {"EPERM"},
    "n9 io_uring": {"ENOSYS"},
    "n10 abstract socket": {"ECONNREFUSED"},
    "n11 fly's own socket": {"ENOENT"},
    "n12 docker's socket": {"ENOENT"},
    "n14 setuid copy": {"refused"},
    "n14 sudo": {"refused", "ENOENT"},
    "n14 namespaces": {"refused"},
    "n14 nft": {"refused", "ENOENT"},
    "n14 route": {"refused", "ENOENT"},
    "n14 mount": {"refused"},
    "n14 write to /etc": {"refused"},
    "n14 kernel settings": {"refused"},
    "n14 trace": {"EPERM"},
    "n14 somebody else's process": {"False"},
    "n14 the host's files": {"False"},
}
# What the control outside the box has to reach, or the box's refusals would prove nothing.
REACHED_OUTSIDE = {"n1 tcp, the host's own service", "n3 udp, the host's own service", "n10 abstract socket"}
# Who is root in a box already gains nothing by these.
EMPTY_FOR_ROOT = {"n14 setuid copy"}
