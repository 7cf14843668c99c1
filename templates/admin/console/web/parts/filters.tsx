import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { PageName, Query } from '../route.ts';
import { useSession } from '../session.ts';
import { go } from '../use-route.ts';

/** Filters of a page, kept in its address. They apply when a field is left or Enter is pressed. */
export function Filters({
  page,
  query,
  children,
}: {
  readonly page: PageName;
  readonly query: Query;
  readonly children: ComponentChildren;
}) {
  const { texts } = useSession();
  const form = useRef<HTMLFormElement>(null);
  const key = JSON.stringify(query);
  useEffect(() => {
    // The address may change without the form: Back, or a link.
    for (const field of fieldsOf(form.current))
      if (field !== document.activeElement) field.value = query[field.name] ?? '';
  }, [key]);
  const apply = (): void => {
    const fields = fieldsOf(form.current).map((one) => [one.name, one.value.trim()] as const);
    go(page, Object.fromEntries(fields));
  };
  return (
    <form
      ref={form}
      class="filters"
      role="search"
      aria-label={texts.filters}
      onChange={apply}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      {children}
      {Object.keys(query).length === 0 ? null : (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            for (const field of fieldsOf(form.current)) field.value = '';
            go(page);
            fieldsOf(form.current)[0]?.focus();
          }}
        >
          {texts.clear}
        </button>
      )}
    </form>
  );
}

function fieldsOf(form: HTMLFormElement | null): readonly (HTMLInputElement | HTMLSelectElement)[] {
  return form === null ? [] : [...form.querySelectorAll<HTMLInputElement>('input, select')];
}

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly hint?: string;
}

export function TextField(
  props: FieldProps & {
    readonly type?: 'search' | 'text' | 'date' | 'email';
    readonly value?: string;
    readonly placeholder?: string;
    readonly pattern?: string;
    readonly list?: readonly string[] | undefined;
    readonly isRequired?: boolean;
    readonly min?: string;
    readonly max?: string;
    readonly longest?: number;
  },
) {
  const { label, name, hint, type = 'text', value = '', list, isRequired = false } = props;
  const id = useId();
  return (
    <div class={`field ${type}`}>
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        type={type}
        defaultValue={value}
        placeholder={props.placeholder}
        pattern={props.pattern}
        required={isRequired}
        min={props.min}
        max={props.max}
        maxLength={props.longest ?? 512}
        autocomplete="off"
        spellcheck={false}
        {...(list === undefined ? {} : { list: `${id}-list` })}
        {...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })}
      />
      {list === undefined ? null : (
        <datalist id={`${id}-list`}>
          {list.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
      {hint === undefined ? null : (
        <small id={`${id}-hint`} class="hint">
          {hint}
        </small>
      )}
    </div>
  );
}

export function SelectField({
  label,
  name,
  value = '',
  options,
  onChange,
}: FieldProps & {
  readonly value?: string;
  /** Value to text, in this order. */
  readonly options: readonly (readonly [string, string])[];
  readonly onChange?: (value: string) => void;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} name={name} onChange={(event) => onChange?.(event.currentTarget.value)}>
        {options.map(([one, text]) => (
          <option key={one} value={one} selected={one === value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
