"""Microsoft's clouds: constant hosts, because secrets are sent to them. Never from input."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cloud:
    """https URLs without a path: token endpoint, Graph, and the admin center that people open."""

    authority: str
    graph_url: str
    portal: str


CLOUDS = {
    "global": Cloud(
        "https://login.microsoftonline.com",
        "https://graph.microsoft.com",
        "https://entra.microsoft.com",
    ),
    "us_government": Cloud(
        "https://login.microsoftonline.us",
        "https://graph.microsoft.us",
        "https://entra.microsoft.us",
    ),
    "china": Cloud(
        "https://login.partner.microsoftonline.cn",
        "https://microsoftgraph.chinacloudapi.cn",
        "https://portal.azure.cn",
    ),
}
