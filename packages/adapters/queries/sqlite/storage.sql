-- Made by `npx -y pnpm@12 queries` from the calls in tests/support/store. To change a query, change the adapter, run it, review.

-- storage.ping
select "id"
from "mentor_graph";
