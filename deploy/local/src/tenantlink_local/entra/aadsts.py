"""Entra's numbers (AADSTS) with HTTP status, OAuth error and nearly Entra's words.

Statuses and errors of the rarer ones are likely, not seen.
"""

# number: (HTTP status, error, description); {app}, {tenant} and {missing} are filled in
KNOWN: dict[int, tuple[int, str, str]] = {
    7000215: (401, "invalid_client", "Invalid client secret provided. Ensure the secret being sent "
              "in the request is the client secret value, not the client secret ID, for a secret "
              "added to app '{app}'."),
    7000222: (401, "invalid_client", "The provided client secret keys for app '{app}' are expired. "
              "Visit the Azure portal to create new keys for your app."),
    70002: (401, "invalid_client", "Error validating credentials. Invalid client secret is "
            "provided."),
    7000216: (401, "invalid_client", "'client_assertion', 'client_secret' or 'request' is required "
              "for the 'client_credentials' grant type."),
    7000218: (401, "invalid_client", "The request body must contain the following parameter: "
              "'client_assertion' or 'client_secret'."),
    900144: (400, "invalid_request", "The request body must contain the following parameter: "
             "'{missing}'."),
    700025: (401, "invalid_client", "Client is public so neither 'client_assertion' nor "
             "'client_secret' should be presented."),
    700016: (400, "unauthorized_client", "Application with identifier '{app}' was not found in the "
             "directory '{tenant}'. This can happen if the application has not been installed by "
             "the administrator of the tenant or consented to by any user in the tenant."),
    700011: (400, "unauthorized_client", "UnauthorizedClientApplication: application '{app}' was "
             "not found in the directory."),
    70001: (400, "unauthorized_client", "The application '{app}' is disabled or does not exist."),
    7000229: (401, "invalid_client", "The client application {app} is missing service principal in "
              "the tenant {tenant}."),
    7000112: (400, "unauthorized_client", "Application '{app}' is disabled."),
    90002: (400, "invalid_tenant", "Tenant '{tenant}' not found. Check to make sure you have the "
            "correct tenant ID and are signing into the correct cloud."),
    900023: (400, "invalid_request", "Specified tenant identifier '{tenant}' is neither a valid "
             "DNS name, nor a valid external domain."),
    90019: (400, "invalid_request", "No tenant-identifying information found in either the request "
            "or implied by any provided credentials."),
    90013: (400, "invalid_request", "The request is malformed or invalid."),
    9002313: (400, "invalid_request", "Invalid request. Request is malformed or invalid."),
    90038: (400, "invalid_request", "Tenant '{tenant}' request is being redirected to another "
            "national cloud."),
    900382: (400, "invalid_request", "Confidential Client is not supported in Cross Cloud "
             "request."),
    900432: (400, "invalid_request", "Confidential Client is not supported in Cross Cloud "
             "request."),
    500011: (400, "invalid_resource", "The resource principal named https://graph.microsoft.com "
             "was not found in the tenant named {tenant}."),
    650052: (400, "invalid_resource", "The app is trying to access a service that your "
             "organization '{tenant}' lacks a service principal for."),
    650054: (400, "invalid_resource", "The application asked for permissions to access a resource "
             "that has been removed or is no longer available."),
    650057: (400, "invalid_resource", "Invalid resource. The client has requested access to a "
             "resource which is not listed in the requested permissions."),
    65001: (400, "invalid_grant", "The user or administrator has not consented to use the "
            "application with ID '{app}'."),
    650056: (400, "invalid_grant", "Misconfigured application: consent is missing."),
    70011: (400, "invalid_scope", "The provided value for the input parameter 'scope' is not "
            "valid."),
    28002: (400, "invalid_scope", "Provided value for the input parameter scope is not valid when "
            "requesting an access token."),
    1002012: (400, "invalid_scope", "The provided value for scope is not valid. Client credential "
              "flows must have a scope value with /.default suffixed to the resource identifier."),
    53003: (400, "access_denied", "Access has been blocked by Conditional Access policies."),
    530032: (400, "access_denied", "Blocked by Conditional Access: tenant security policy."),
    530035: (400, "access_denied", "Access has been blocked by security defaults."),
    **{number: (400, "access_denied", "Access has been blocked by a policy.")
       for number in range(53000, 53012) if number != 53003},
    50034: (400, "invalid_grant", "The user account does not exist in the directory."),
    70003: (400, "unsupported_grant_type", "The app requested an unsupported grant type."),
    90006: (503, "temporarily_unavailable", "The external server is temporarily unavailable."),
    90024: (503, "temporarily_unavailable", "A transient error has occurred. Please try again."),
    90033: (503, "temporarily_unavailable", "A transient error has occurred. Please try again."),
    90055: (429, "temporarily_unavailable", "The server is temporarily too busy to handle the "
            "request."),
    90090: (503, "temporarily_unavailable", "A transient error has occurred. Please try again."),
    4711: (400, "invalid_client", "This number is not in Microsoft's reference."),
}  # fmt: skip
