/** Whether this phone lets itself be woken: asked of the browser and of the centre, switched by a tap and by nothing else. */
import { keepWake, readWake } from './choices.ts';
import type { Fetch } from './post.ts';
import type { Wake } from './state.ts';
import { type Offered, offerOf, sayOff, sayOn } from './wake-say.ts';

export interface Waking {
  /** Looks how it stands; where it is on, the centre is told so anew, since it forgets phones with their session. */
  look(): Promise<void>;
  /** Only after a tap. */
  set(isOn: boolean): Promise<void>;
}

interface Around {
  readonly csrf: () => string | null;
  readonly onWake: (wake: Wake) => void;
  readonly fetching: Fetch;
}

/** Before anything is asked; null: it may be there. */
function whyNot(): Wake | null {
  if (!window.isSecureContext) return 'no-https';
  if ('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window) return null;
  // Safari of a phone: `standalone` tells whether the page was added to the home screen, and only then is there push.
  const { standalone } = navigator as { readonly standalone?: boolean };
  return standalone === false ? 'no-install' : 'no-browser';
}

const manager = async (): Promise<PushManager> => (await navigator.serviceWorker.ready).pushManager;

export function openWaking({ csrf, onWake, fetching }: Around): Waking {
  const say = (wake: Wake): void => onWake(wake);

  /** The browser subscribes, the centre is told. */
  const subscribe = async ({ publicKey }: Offered): Promise<Wake> => {
    const push = await manager();
    const before = await push.getSubscription();
    // Of another key, which the dispatcher no longer has.
    if (before && !isOf(before, publicKey)) await before.unsubscribe();
    const one = await push.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
    const status = await sayOn(fetching, csrf(), one);
    if (status >= 200 && status < 300) return 'on';
    // What the centre does not know would never be woken, and looks as if it were.
    if (status >= 400 && status !== 401 && status !== 429) await one.unsubscribe();
    return 'failed';
  };
  const trying = async (): Promise<Wake> => {
    const offered = await offerOf(fetching);
    if (offered === null) return 'failed';
    if (offered.publicKey === null) return 'no-centre';
    return subscribe({ publicKey: offered.publicKey }).catch((error: unknown) =>
      (error as DOMException).name === 'NotAllowedError' ? 'refused' : 'failed',
    );
  };

  return {
    look: async () => {
      const why = whyNot();
      if (why) return say(why);
      if (Notification.permission === 'denied') return say('refused');
      const offered = await offerOf(fetching);
      // Not heard: how it stands is what was chosen.
      if (offered === null) return say(readWake() ? 'on' : 'off');
      if (offered.publicKey === null) return say('no-centre');
      say(readWake() ? await trying() : 'off');
    },
    set: async (isOn) => {
      if (whyNot()) return undefined;
      say('busy');
      if (isOn) {
        // First of all, while the tap still counts as one.
        const permission = await Notification.requestPermission();
        if (permission !== 'granted') return say(permission === 'denied' ? 'refused' : 'off');
        const came = await trying();
        keepWake(came === 'on');
        return say(came);
      }
      keepWake(false);
      const one = await (await manager()).getSubscription();
      if (one) {
        await sayOff(fetching, csrf(), one.endpoint);
        // Should the centre not hear it: a push service answers for it that it is gone.
        await one.unsubscribe();
      }
      return say('off');
    },
  };
}

const isOf = ({ options }: PushSubscription, publicKey: string): boolean => {
  const key = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0));
  const text = btoa(String.fromCharCode(...key));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '') === publicKey;
};
