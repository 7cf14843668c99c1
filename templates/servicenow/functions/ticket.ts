import { createTicketing } from '../../ticketing/create-ticketing.ts';
import { required, runtime, siteUrl } from '../../ticketing/runtime.ts';
import { serviceNow } from './service-now.ts';

/** Commercial, United States government and Singapore regulated market. */
const DOMAINS = ['service-now.com', 'servicenowservices.com', 'servicenowcloud.com.sg'];

export const handler = createTicketing({
  ...runtime(process.env),
  service: serviceNow({
    instance: siteUrl(required(process.env, 'INSTANCE_URI'), DOMAINS),
    table: required(process.env, 'TABLE_NAME', /^[a-z][a-z0-9_]{0,79}$/u),
  }),
});
