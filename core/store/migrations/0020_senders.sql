-- The app knows people by their id, however they have signed in; what was sent from this computer stays theirs.
update inbox set sender_id = identities.person_id::text
from identities
where inbox.channel = 'app' and identities.channel = 'app' and inbox.sender_id = identities.external_id;
