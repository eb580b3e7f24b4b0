-- Identifying has a budget of its own beside passwords and codes: nobody fills the tables by typing names (SIGN-4).
alter table throttles drop constraint throttles_purpose_check;
--> statement-breakpoint
alter table throttles add constraint throttles_purpose_check check (purpose in ('identify', 'password', 'code'));
