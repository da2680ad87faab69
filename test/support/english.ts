/** Lets the page's words be English in a suite that runs without a page. */
import english from '../../daemons/console/web/messages/en.json' with { type: 'json' };
import { speak } from '../../daemons/console/web/text.ts';

speak(english);
