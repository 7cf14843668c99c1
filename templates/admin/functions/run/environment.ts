/** Where the function runs, as the template says. */
export interface Environment {
  readonly solutionId: string;
  readonly partition: string;
  readonly region: string;
  readonly adminAccount: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Throws when the template forgot a variable. */
export function required(variables: Variables, name: string): string {
  const value = variables[name];
  if (value === undefined || value === '')
    throw new Error(`The environment variable ${name} is missing.`);
  return value;
}

export function environment(variables: Variables): Environment {
  return {
    solutionId: required(variables, 'SOLUTION_ID'),
    partition: required(variables, 'PARTITION'),
    region: required(variables, 'AWS_REGION'),
    adminAccount: required(variables, 'ADMIN_ACCOUNT'),
  };
}
