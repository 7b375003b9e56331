-- Made by `pnpm queries` from the calls in tests/support/store. To change a query, change the adapter, run it, review.

-- storage.ping
select "id"
from "mentor_graph";
