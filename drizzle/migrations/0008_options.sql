-- Two administrators at the options grid (OPT-2), and reminders of those who are still to enrol (MFA-9).
alter table option_values add column changed_in_version bigint not null default 0;
--> statement-breakpoint
-- Each value knows the settings version that it came with: a form drawn from an older one is told, never obeyed. The
-- organisation's row is taken before the value's, by every writer in the same order.
create function stamp_option_value() returns trigger
language plpgsql
as $$
begin
  update organisations set settings_version = settings_version + 1
  where id = new.organisation_id returning settings_version into new.changed_in_version;
  return new;
end $$;
--> statement-breakpoint
drop trigger option_values_version on option_values;
--> statement-breakpoint
create trigger option_values_stamp before insert or update on option_values
for each row execute function stamp_option_value();
--> statement-breakpoint
create trigger option_values_version after delete on option_values
for each row execute function advance_settings_version();
--> statement-breakpoint
-- When somebody was last reminded to enrol: at most once a day.
alter table accounts add column enrolment_reminded_at timestamptz;
