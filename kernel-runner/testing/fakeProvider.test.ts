import { providerContract } from '../providers/provider.contract.ts'
import { FakeProvider } from './fakeProvider.ts'

providerContract('fake', () => new FakeProvider())
