-- Claims of addresses that an earlier release recorded without a claim.

-- name: addresses claimed
-- The position of the log up to which every address has its claim.
create table :"schema".addresses_claimed (up_to bigint not null);
insert into :"schema".addresses_claimed values (0);

-- name: customers with new addresses
-- The customers to whom an address was added after that position.
select distinct stream
from :"schema".events
where topic = 'customer.address_added'
    and position > (select max(up_to) from :"schema".addresses_claimed) and position <= :up_to
order by stream;

-- name: note
-- Moves that position forward.
update :"schema".addresses_claimed set up_to = greatest(up_to, :up_to);
