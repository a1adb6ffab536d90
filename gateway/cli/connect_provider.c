/* The providers that `postcircle connect` knows. */
#include "gateway/cli/connect.h"

#include "base/text.h"

static const struct connect_provider providers[] = {
    { .name = "google",
      .host = "imap.gmail.com",
      .scope = "https://mail.google.com/",
      .sign_in_scope = "https://mail.google.com/",
      .token_url = "https://oauth2.googleapis.com/token",
      .device_url = "",
      .auth_url = "https://accounts.google.com/o/oauth2/v2/auth",
      .trust = { { AUTHRES_BESIDE_OWN_HOP, AUTHRES_BY_ID }, "mx.google.com" },
      .limit = "2,000 mails a day for each account (Google Workspace), 10,000 recipients",
      .page = "docs/install-google.md",
      .steps = "1. Admin console: add the user whose mailbox this will be, and route the groups' domain to it\n"
               "   (Apps > Google Workspace > Gmail > Default routing: envelope recipient is @DOMAIN, change it to the "
               "mailbox).\n"
               "2. console.cloud.google.com: a project, in it a service account, for it a key of type JSON. Enable the "
               "Gmail API.\n"
               "3. Admin console: Security > API controls > Domain-wide delegation: the service account's client id,\n"
               "   scope https://mail.google.com/\n"
               "4. chmod 600 the key file here, then:\n"
               "   postcircle connect google --mailbox circles@DOMAIN --key-file FILE\n"
               "   Or sign in once as the mailbox's user: step 2 with an OAuth client of type \"Desktop app\" instead, "
               "no step "
               "3, then:\n"
               "   postcircle connect google --mailbox circles@DOMAIN --client-id ID --client-secret-file FILE\n" },
    { .name = "microsoft",
      .host = "outlook.office365.com",
      .scope = "https://outlook.office365.com/.default",
      .sign_in_scope = "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
      .token_url = "https://login.microsoftonline.com/TENANT/oauth2/v2.0/token",
      .device_url = "https://login.microsoftonline.com/TENANT/oauth2/v2.0/devicecode",
      .auth_url = "",
      .trust = { { AUTHRES_TOP_WITHOUT_ID, 0 }, "" },
      .limit = "10,000 recipients a day and 30 mails a minute for each mailbox (Exchange Online)",
      .page = "docs/install-microsoft.md",
      .steps =
          "1. Exchange admin center: add a shared mailbox, and let the groups' domain come to it (accepted domain,\n"
          "   a mail flow rule that sends @DOMAIN to it; Set-OrganizationConfig -DisablePlusAddressInRecipients "
          "$false).\n"
          "2. entra.microsoft.com > App registrations: a new application. Note its client id and the tenant id.\n"
          "   API permissions > Office 365 Exchange Online > Application > IMAP.AccessAsApp, and grant consent.\n"
          "   Certificates & secrets: a client secret, into a file here, chmod 600.\n"
          "3. Exchange Online PowerShell: New-ServicePrincipal -AppId CLIENT -ObjectId OBJECT;\n"
          "   Add-MailboxPermission -Identity circles@DOMAIN -User OBJECT -AccessRights FullAccess\n"
          "4. postcircle connect microsoft --mailbox circles@DOMAIN --tenant TENANT --client-id CLIENT "
          "--client-secret-file FILE\n"
          "   Or sign in once as the mailbox's user (a public client with IMAP.AccessAsUser.All): the same without the "
          "secret.\n" },
};

const struct connect_provider *connect_find_provider(const char *name)
{
    for (size_t i = 0; name && i < COUNT_OF(providers); i++)
        if (text_equals(name, providers[i].name))
            return &providers[i];
    return NULL;
}
